import Foundation
import Support
import Testing

@Suite("posthorn validate reads the headers of media files, and what the last sync of an account saw")
struct MediaHeaderValidateTests {
  private let folder: TemporaryFolder
  private let git: GitClient
  private static let sideways = SampleFilm.bytes(width: 1920, height: 240)

  init() throws {
    folder = try TemporaryFolder("header")
    git = try GitClient.create(at: folder.path)
    try folder.write("platform: tiktok\ntimezone: Etc/UTC\ndefaults: {privacy_level: SELF_ONLY}\n", to: "schedule/accounts/acme.yaml")
    try folder.write("scheduled_time: 2036-11-27T09:00\naccounts: [acme]\nmedia: [{path: media/a.mp4}]\n", to: "schedule/posts/a.yaml")
  }

  private func write(_ bytes: [UInt8], to name: String) throws {
    try folder.write("", to: name)
    try Data(bytes).write(to: folder.url.appending(path: name))
  }

  /// The rules of what `validate` finds in the work tree, and in what was committed of it.
  private func rules() throws -> [[String]] {
    try git.commit([:])
    return try [[], ["--rev", "HEAD"]].map { arguments in
      let ending = try Program.run(["validate", "--format", "json"] + arguments, in: folder.path)
      let found = try JSONDecoder().decode([Finding].self, from: Data(ending.output.utf8))
      #expect(ending.status == (found.contains { $0.severity == "error" } ? 1 : 0))
      return found.map(\.rule)
    }
  }

  private struct Finding: Decodable {
    let rule: String
    let severity: String
  }

  @Test("A film in git, with and without a fault")
  func plain() throws {
    try write(SampleFilm.bytes(), to: "schedule/media/a.mp4")
    #expect(try rules() == [[], []])
    try write(Self.sideways, to: "schedule/media/a.mp4")
    #expect(try rules() == [["media.dimensions"], ["media.dimensions"]])
    try write(Self.sideways.dropLast(5), to: "schedule/media/a.mp4")
    #expect(try rules() == [["media.unreadable"], ["media.unreadable"]])
  }

  @Test("A film in Git LFS is read where its object is on this disk; where it is not, or is another, only its size is known")
  func largeFileStorage() throws {
    let oid = "0a0b" + String(repeating: "12", count: 30)
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize \(Self.sideways.count)\n"
    try folder.write(pointer, to: "schedule/media/a.mp4")
    #expect(try rules() == [[], []])
    try write(Self.sideways, to: ".git/lfs/objects/0a/0b/\(oid)")
    #expect(try rules() == [["media.dimensions"], ["media.dimensions"]])
    // Of a linked work tree, they are where the repository is.
    try git.git("worktree", "add", "-q", folder.path("linked"), "HEAD")
    let ending = try Program.run(["validate"], in: folder.path("linked"))
    #expect(ending.status == 1 && ending.output.contains("\"media/a.mp4\" is 1920×240 pixels"))
    try write(Self.sideways + [0], to: ".git/lfs/objects/0a/0b/\(oid)")
    #expect(try rules() == [[], []])
  }

  @Test("What the last sync saw counts as the work tree and the commit have it; what cannot be read forbids nothing")
  func account() throws {
    try write(SampleFilm.bytes(), to: "schedule/media/a.mp4")
    let record = """
      {"schema": 1, "account": "acme", "platform": "tiktok", "synced_at": "2026-11-01T08:00:00.000Z", "profile": {}, "counts": {},
       "creator": {"privacy_level_options": ["SELF_ONLY"], "comment_disabled": true, "duet_disabled": false, "stitch_disabled": false,
       "max_video_post_duration_sec": 5}, "token": {"scopes": ["video.upload"]}}
      """
    try folder.write(record, to: "schedule/status/accounts/acme.json")
    let expected = ["account.interaction", "account.scope", "account.duration"]
    #expect(try rules() == [expected, expected])
    try folder.write(record + "}", to: "schedule/status/accounts/acme.json")
    #expect(try rules() == [[], []])
  }

  @Test("A hook refuses no record of a sync because of posts that were there before")
  func hook() throws {
    try write(SampleFilm.bytes(), to: "schedule/media/a.mp4")
    let bare = try GitClient.create(at: folder.path(".git/team.git"), "--bare")
    #expect(try Program.run(["hooks", "install", "--server", "--state", folder.path(".git/state")], in: bare.path).status == 0)
    try git.git("remote", "add", "origin", bare.path)
    func push(_ files: [String: String]) throws {
      try git.commit(files)
      try git.git("push", "-q", "origin", "main")
    }
    try push([:])
    let record = """
      {"schema": 1, "account": "acme", "platform": "tiktok", "synced_at": "2026-11-01T08:00:00.000Z", "profile": {}, "counts": {},
       "token": {"scopes": ["video.upload"]}}
      """
    try push(["schedule/status/accounts/acme.json": record])
    #expect(try rules() == [["account.scope"], ["account.scope"]])
    // A post that is touched has to be right.
    let post = "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\nmedia: [{path: media/a.mp4}]\ncaption: Doors\n"
    #expect(throws: ProgramFailure.self) { try push(["schedule/posts/a.yaml": post]) }
  }
}
