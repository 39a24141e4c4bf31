import Git
import Schedule

/// The form of the commits that ``RecordBatch`` makes: who signs them, and the trailers.
struct RecordForm: Equatable {
  /// The commit whose content asked for it; `nil` where the trailer is missing or is none.
  let source: ObjectID?
  let host: String

  /// `nil` where `commit` is no record commit; ``fault(of:)`` says why not.
  init?(_ commit: Commit) {
    guard Self.fault(of: commit) == nil, let host = Self.trailer("Posthorn-Host", of: commit) else { return nil }
    self.host = host
    source = Self.trailer("Posthorn-Source", of: commit).flatMap { ObjectID(hex: $0) }
  }

  /// What a commit lacks to be a record commit.
  static func fault(of commit: Commit) -> String? {
    let author = commit.author
    if author.name != "Posthorn" || !author.email.hasPrefix("posthorn@") { return "its author is \(author.name) <\(author.email)>" }
    if commit.committer.name != author.name || commit.committer.email != author.email {
      return "its committer is \(commit.committer.name) <\(commit.committer.email)>"
    }
    if commit.parents.count > 1 { return "it is a merge" }
    if trailer("Posthorn-Host", of: commit) == nil { return "it has no trailer Posthorn-Host" }
    return nil
  }

  private static func trailer(_ name: String, of commit: Commit) -> String? {
    let lines = commit.message.split(separator: "\n", omittingEmptySubsequences: false)
    let value = lines.last { $0.hasPrefix("\(name): ") }?.dropFirst(name.utf8.count + 2)
    return value.flatMap { $0.isEmpty ? nil : String($0) }
  }
}
