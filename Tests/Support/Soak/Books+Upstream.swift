import Foundation

extension Books {
  /// Reads what upstream's branch says, with git alone.
  ///
  /// Whatever is no record is passed over: anybody may have written it.
  public mutating func readUpstream(_ repository: ContentRepository) throws {
    (upstream, claimed) = ([:], [:])
    let status = try repository.files(under: "status/posts/")
    for (name, text) in status.sorted(by: { $0.key < $1.key }) where name.hasSuffix(".json") {
      guard let record = Self.object(text), let post = record["post"] as? String else { continue }
      for entry in record["deliveries"] as? [[String: Any]] ?? [] {
        guard let account = entry["account"] as? String, let state = entry["state"] as? String else { continue }
        upstream[Delivery(post, to: account)] = Word(state: state, reason: entry["reason"] as? String ?? record["reason"] as? String)
      }
    }
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    for record in try repository.files(under: "status/claims/").values.compactMap(Self.object) {
      guard let post = record["post"] as? String, let account = record["account"] as? String,
        let until = (record["valid_until"] as? String).flatMap({ try? style.parse($0) })  // What is no time claims nothing.
      else { continue }
      claimed[Delivery(post, to: account)] = until
    }
    let history = try repository.files(under: "history/").values.compactMap(Self.object)
    let attempts = history.sorted { ($0["attempt"] as? Int ?? 0) < ($1["attempt"] as? Int ?? 0) }
    for record in attempts {
      guard let post = record["post"] as? String, let account = record["account"] as? String, let outcome = record["outcome"] as? String
      else { continue }
      upstream[Delivery(post, to: account), default: Word()].outcomes.append(outcome)
    }
  }

  private static func object(_ text: String) -> [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]  // Not JSON is not a record.
  }
}
