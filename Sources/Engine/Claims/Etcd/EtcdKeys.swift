import Schedule

/// Where the fleet of one repository keeps what it shares, below a prefix of the operator's choice.
///
///     PREFIX/since              when claims in etcd came into force, written once
///     PREFIX/members/ID         a daemon that lives, by the incarnation of its state directory; hangs on its lease
///     PREFIX/claims/POST/ACCOUNT   a delivery that was begun and whose record is not upstream yet; hangs on nothing
///     PREFIX/recorded/ACCOUNT   written whenever a claim of that account goes because its record is upstream
///     PREFIX/witnesses/ID       written by that state directory's daemon with each sign of life; hangs on nothing, and only its age counts (C5)
///     PREFIX/stopped            written by whoever finds that etcd went back: nobody claims anything below this prefix any more
struct EtcdKeys: Equatable, Sendable {
  let prefix: String

  /// - Parameter prefix: without a slash at its end.
  init(prefix: String) { self.prefix = prefix }

  var since: String { "\(prefix)/since" }
  var members: String { "\(prefix)/members/" }
  var claims: String { "\(prefix)/claims/" }
  var markers: String { "\(prefix)/recorded/" }

  var stopped: String { "\(prefix)/stopped" }

  func witness(_ incarnation: String) -> String { "\(prefix)/witnesses/\(incarnation)" }
  func member(_ incarnation: String) -> String { members + incarnation }
  func claim(_ id: DeliveryID) -> String { "\(claims)\(id.post)/\(id.account)" }
  func marker(_ account: AccountName) -> String { markers + account.text }

  /// The delivery that a claim's key is about; `nil` for a key of somebody else's.
  func delivery(_ key: String) -> DeliveryID? {
    let parts = key.dropFirst(claims.count).split(separator: "/", omittingEmptySubsequences: false)
    guard key.hasPrefix(claims), parts.count == 2, let post = PostID(parts[0]), let account = AccountName(parts[1]) else { return nil }
    return DeliveryID(post: post, account: account)
  }

  func account(_ key: String) -> AccountName? { key.hasPrefix(markers) ? AccountName(key.dropFirst(markers.count)) : nil }
}
