/// What `validate --explain RULE` prints: why the rule is there, what breaks it, and how it looks when mended.
public struct RulePage: Sendable {
  /// One line, for lists.
  public let summary: String
  public let text: String
  public let bad: Example
  public let good: Example

  init(_ summary: String, _ text: String, bad: Example, good: Example) {
    self.summary = summary
    self.text = text
    self.bad = bad
    self.good = good
  }

  /// Content that a test reads, beside the accounts `acme` (outbox), `acme-hook` (webhook) and `acme-tiktok` (tiktok), on 2026-11-01.
  public enum Example: Sendable {
    /// Paths are relative to the content folder.
    case files([(path: String, bytes: [UInt8])])
    case entry(path: String, kind: EntryCheck.Kind)
    case folder(path: String, entries: Int)
    /// What a change makes of what went out; paths are relative to the content folder.
    case change(from: [(path: String, bytes: [UInt8])], to: [(path: String, bytes: [UInt8])])

    static func post(_ text: String, at path: String = "posts/2026/11/launch-teaser.yaml") -> Example {
      .files([(path, Array(text.utf8))])
    }

    /// A post that is fine, and `lines` behind it.
    static func lines(_ lines: String) -> Example { post(ordinaryPost + lines + "\n") }

    static func account(_ text: String, name: String = "acme") -> Example { post(text, at: "accounts/\(name).yaml") }
    static func settings(_ text: String) -> Example { post(text, at: "posthorn.yaml") }
    static func bytes(_ bytes: [UInt8]) -> Example { .files([("posts/2026/11/launch-teaser.yaml", bytes)]) }
  }
}

let ordinaryPost = """
  scheduled_time: 2026-11-27T09:00
  timezone: America/New_York
  accounts: [acme]

  """

/// Another one, an hour later.
let laterPost = ordinaryPost.replacing("T09:00", with: "T10:00")

extension Rule {
  public var page: RulePage { filePage ?? yamlPage ?? valuePage ?? contentPage }
}

extension RulePage.Example: CustomStringConvertible {
  /// As people see it; long lines and long files are cut.
  public var description: String {
    switch self {
    case .entry(let path, let kind): "\(path) (\(kind))\n"
    case .folder(let path, let entries): "\(path)/ with \(entries) files\n"
    case .change(let before, let after):
      before.map { "# \($0.path), before\n\(Self.shown($0.bytes))" }.joined(separator: "\n")
        + after.map { "\n# \($0.path), now\n\(Self.shown($0.bytes))" }.joined()
    case .files(let files): files.map { "# \($0.path)\n\(Self.shown($0.bytes))" }.joined(separator: "\n")
    }
  }

  private static func shown(_ bytes: [UInt8]) -> String {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let cut = lines.prefix(20).map { $0.count > 100 ? $0.prefix(99) + "…" : $0 }.joined(separator: "\n")
    return lines.count > 20 ? "\(cut)\n…\n" : cut
  }
}
