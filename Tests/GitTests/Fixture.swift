import Foundation
import Git
import Support
import Testing

/// A folder, a work tree in it made with git, and what tests say often.
struct Fixture {
  let folder: TemporaryFolder
  let client: GitClient

  init(_ options: String...) throws {
    folder = try TemporaryFolder("git")
    client = try GitClient.create(at: folder.path("work"))
  }

  func repository() throws -> Repository { try Repository(at: client.path) }

  @discardableResult
  func commit(_ files: [String: String?], _ message: String = "a change") throws -> ObjectID {
    try id(client.commit(files, message: message))
  }

  func id(_ hex: String) throws -> ObjectID { try #require(ObjectID(hex: hex)) }

  func git(_ line: String) throws -> String {
    try run(["sh", "-c", "git \(line)"], in: client.path).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

extension Signature {
  static let author = Signature(name: "Author", email: "author@example.org", time: 1_793_000_000, offset: 60)
}

extension GitError.Reason {
  /// Why `body` failed; nil if it did not.
  static func of(_ body: () throws -> Void) -> GitError.Reason? {
    do {
      try body()
      return nil
    } catch {
      return (error as? GitError)?.reason
    }
  }
}

extension Repository {
  /// What changed, as lines: `+ path`, `- path`, `~ path`, with a problem behind.
  func lines(from old: ObjectID?, to new: ObjectID, under path: String = "") throws -> [String] {
    var lines: [String] = []
    try changes(from: old, to: new, under: path) { change in
      let mark = change.old == nil ? "+" : change.new == nil ? "-" : "~"
      lines.append("\(mark) \(change.path)" + (change.new?.problem.map { " (\($0))" } ?? ""))
    }
    return lines
  }
}
