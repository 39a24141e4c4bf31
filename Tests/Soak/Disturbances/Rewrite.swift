import Foundation
import Support

/// Somebody pushes with force, without the last commits; later they are there again, beside what came meanwhile.
struct Rewrite: Disturbance {
  static let kind = DisturbanceKind.rewrite

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    let upstream = world.repository.upstream
    let back = Int(chance.number(in: 1...6, "back"))
    let tip = try await onThread {
      try Self.move(upstream) { tip in
        let line = try upstream.git("rev-list", "--first-parent", "--max-count=\(back + 1)", tip)
        return line.split(separator: "\n").last.map(String.init) ?? tip
      }
    }
    world.diary("without the last \(back) commits of \(tip.prefix(12))")
    try await Task.sleep(for: chance.seconds(3...12, "long"))
    try await onThread {
      _ = try Self.move(upstream) { now in try Self.join(tip, with: now, in: upstream) }
    }
  }

  /// Sets the branch to what `next` makes of its tip, as often as it takes; returns the tip that it had.
  private static func move(_ upstream: GitClient, _ next: (String) throws -> String) throws -> String {
    var failure: (any Error)?
    for _ in 0..<50 {
      let tip = try upstream.git("rev-parse", "refs/heads/main")
      do {
        try upstream.git("update-ref", "refs/heads/main", try next(tip), tip)
        return tip
      } catch let error as ProgramFailure { failure = error }
    }
    throw failure ?? Overdue(description: "the branch could not be moved")
  }

  /// A commit that contains both.
  private static func join(_ lost: String, with now: String, in upstream: GitClient) throws -> String {
    if try upstream.git("merge-base", lost, now) == now { return lost }
    let folder = try TemporaryFolder("merge")
    try run(["git", "clone", "-q", "--shared", "--no-checkout", upstream.path, folder.path("clone")])
    let work = GitClient(at: folder.path("clone"))
    try work.git("checkout", "-q", "--detach", lost)
    do { try work.git("merge", "-q", "-X", "ours", "--no-edit", "-m", "what was lost", now) } catch is ProgramFailure {
      // Both sides have done something to the same record: what was lost wins.
      for path in try work.git("diff", "--name-only", "--diff-filter=U").split(separator: "\n").map(String.init) {
        do { try work.git("checkout", "-q", "--ours", "--", path) } catch is ProgramFailure { try work.git("rm", "-q", "--", path) }
      }
      try work.git("add", "-A")
      try work.git("commit", "-q", "-m", "what was lost")
    }
    let joined = try work.git("rev-parse", "HEAD")
    try work.git("push", "-q", "origin", "HEAD:refs/joined/\(joined)")
    return joined
  }
}
