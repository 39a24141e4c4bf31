import Foundation
import Support
import Testing

@Suite("posthorn validate looks at media files")
struct MediaValidateTests {
  private let folder: TemporaryFolder
  private let git: GitClient
  private let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "0a", count: 32))\nsize 50000000\n"

  init() throws {
    folder = try TemporaryFolder("media")
    git = try GitClient.create(at: folder.path)
    try folder.write("platform: outbox\ntimezone: Etc/UTC\n", to: "schedule/accounts/acme.yaml")
    try folder.write("scheduled_time: 2036-11-27T09:00\naccounts: [acme]\nmedia: [{path: media/a.mp4}]\n", to: "schedule/posts/a.yaml")
  }

  private func validate(_ arguments: String...) throws -> Program.Ending { try Program.run(["validate"] + arguments, in: folder.path) }

  /// A file with holes: it takes no room.
  private func large(_ name: String) throws {
    try folder.write("", to: name)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path(name)))
    try handle.truncate(atOffset: 32_000_001)
    try handle.close()
  }

  @Test("A file that is not there is an error, in the work tree and in a commit")
  func missing() throws {
    try git.commit([:])
    for arguments in [[], ["--rev", "HEAD"]] {
      let ending = try Program.run(["validate"] + arguments, in: folder.path)
      #expect(ending.status == 1 && ending.output.contains("a.yaml:3:16: error: there is no file \"media/a.mp4\""))
    }
  }

  @Test(
    "A file with nearly that name is named with the difference: another case, or letters composed otherwise; in the work tree and in a commit",
    arguments: [
      ("media/A.mp4", "media/a.mp4", "but there is \"media/A.mp4\": in another case"),
      ("Media/a.mp4", "media/a.mp4", "but there is \"Media/a.mp4\": in another case"),
      ("media/u\u{308}ber.mp4", "media/\u{FC}ber.mp4", "but there is \"media/u\\u{308}ber.mp4\": the same letters, composed otherwise"),
      ("media/\u{E9}/x.mp4", "media/e\u{301}/x.mp4", "but there is \"media/\\u{e9}/x.mp4\": the same letters, composed otherwise"),
    ])
  func near(there: String, asked: String, words: String) throws {
    try folder.write("film", to: "schedule/" + there)
    try folder.write("scheduled_time: 2036-11-27T09:00\naccounts: [acme]\nmedia: [{path: \(asked)}]\n", to: "schedule/posts/a.yaml")
    try git.commit([:])
    for arguments in [[], ["--rev", "HEAD"], ["--rev", "HEAD", "--since", "HEAD"]].prefix(2) {
      let ending = try Program.run(["validate"] + arguments, in: folder.path)
      #expect(ending.status == 1 && ending.output.contains(words), "\(ending)")
    }
    try git.git("config", "core.hooksPath", "/dev/null")
    try git.commit(["schedule/posts/b.yaml": "scheduled_time: 2036-11-28T09:00\naccounts: [acme]\nmedia: [{path: \(asked)}]\n"])
    let since = try Program.run(["validate", "--rev", "HEAD", "--since", "HEAD~1"], in: folder.path)
    #expect(since.status == 1 && since.output.contains(words), "\(since)")
  }

  @Test("It is named where a folder of the very name is there as well, and does not have it")
  func nearBeside() throws {
    try folder.write("film", to: "schedule/media/Pics/a.mp4")
    try folder.write("film", to: "schedule/media/pics/b.mp4")
    try folder.write("scheduled_time: 2036-11-27T09:00\naccounts: [acme]\nmedia: [{path: media/pics/A.mp4}]\n", to: "schedule/posts/a.yaml")
    let ending = try Program.run(["validate"], in: folder.path)
    #expect(ending.output.contains("but there is \"media/Pics/a.mp4\": in another case"), "\(ending)")
  }

  @Test("A sound pointer of Git LFS is fine, a damaged one is an error, in the work tree and in a commit")
  func pointers() throws {
    for (text, rule) in [(pointer, nil), (pointer.replacingOccurrences(of: "oid", with: "iod"), "[media.pointer]")] as [(String, String?)] {
      try git.commit(["schedule/media/a.mp4": text])
      for arguments in [[], ["--rev", "HEAD"]] {
        let ending = try Program.run(["validate"] + arguments, in: folder.path)
        #expect(ending.status == (rule == nil ? 0 : 1) && ending.output.contains(rule ?? "nothing to report"))
      }
    }
  }

  @Test("A plain file above 32 MB is refused and told about Git LFS; one that Git LFS put there is not")
  func large() throws {
    try large("schedule/media/a.mp4")
    let ending = try validate()
    #expect(ending.status == 1 && ending.output.contains("\"media/a.mp4\" has 32000001 bytes; above 32000000 a file belongs into Git LFS"))
    try folder.write("*.mp4 filter=lfs diff=lfs merge=lfs -text\n", to: ".gitattributes")
    #expect(try validate().status == 0)
  }
}
