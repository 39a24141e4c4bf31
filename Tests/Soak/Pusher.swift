import Foundation
import Glibc
import Support

/// Somebody who pushes: a commit on top of what upstream has, made where upstream lies, without a work tree.
struct Pusher: Sendable {
  let upstream: GitClient
  var name = "Author"
  var email = "author@example.org"

  /// Commits files (`nil` removes one; paths from the repository's root) on top of the branch, as often as it takes.
  ///
  /// - Returns: the commit.
  @discardableResult
  func push(_ files: [String: String?], message: String = "a change", branch: String = "main") throws -> String {
    var failure: (any Error)?
    for _ in 0..<100 {
      do {
        let tip = try upstream.git("rev-parse", "-q", "--verify", "refs/heads/\(branch)")
        let mark = try TemporaryFolder("mark")
        try upstream.git(
          "fast-import", "--quiet", "--export-marks=\(mark.path("marks"))",
          input: stream(files, message: message, branch: branch, onto: tip))
        return String(try String(contentsOfFile: mark.path("marks"), encoding: .utf8).dropFirst(3).prefix(40))
      } catch let error as ProgramFailure {
        failure = error  // Somebody else pushed meanwhile, or holds git's lock.
        usleep(20_000)
      }
    }
    throw failure ?? Overdue(description: "nothing was pushed")
  }

  /// What `git fast-import` reads.
  private func stream(_ files: [String: String?], message: String, branch: String, onto tip: String) -> String {
    let now = Int(Date().timeIntervalSince1970)
    var stream = "commit refs/heads/\(branch)\nmark :1\n"
    for role in ["author", "committer"] { stream += "\(role) \(name) <\(email)> \(now) +0000\n" }
    stream += "data \(message.utf8.count)\n\(message)\nfrom \(tip)\n"
    for (path, content) in files.sorted(by: { $0.key < $1.key }) {
      guard let content else {
        stream += "D \(path)\n"
        continue
      }
      stream += "M 100644 inline \(path)\ndata \(content.utf8.count)\n\(content)\n"
    }
    return stream + "done\n"
  }
}
