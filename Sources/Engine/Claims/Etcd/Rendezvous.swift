import Platforms
import Schedule

/// Shares accounts out among members: each account goes to the member that scores highest with it, so that of N members one that comes or goes
/// moves every Nth account and no other.
///
/// - Source: Thaler and Ravishankar, highest random weight hashing.
enum Rendezvous {
  /// The member that should act for `account`; `nil` where there is none.
  static func owner(of account: AccountName, among members: some Sequence<String>) -> String? {
    members.max { (score(account, $0), $0) < (score(account, $1), $1) }
  }

  private static func score(_ account: AccountName, _ member: String) -> String {
    ContentDigest.sha256(Array("\(account)\n\(member)".utf8))
  }
}
