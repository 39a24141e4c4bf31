extension Rule {
  /// Pages of the rules about files, folders and paths.
  var filePage: RulePage? {
    switch self {
    case .fileEncoding:
      RulePage(
        "a file is not UTF-8",
        "Posts, accounts and settings are UTF-8. Anything else would be sent as something that nobody wrote.",
        bad: .bytes(Array(ordinaryPost.utf8) + Array("title: Caf".utf8) + [0xE9, 0x0A]), good: .lines("title: Café"))
    case .fileSize:
      RulePage(
        "a file has more than 1 MiB",
        "A post is text; media are files of their own that a post names.",
        bad: .lines("# " + String(repeating: "x", count: 1_048_576)), good: .lines("# x"))
    case .fileEmpty:
      RulePage(
        "a file says nothing", "An empty post is more often lost text than a wish.", bad: .post("# written soon\n"),
        good: .post(ordinaryPost))
    case .fileIgnored:
      RulePage(
        "a file below posts/ or accounts/ is not read",
        "Only .yaml and .yml files are. A post in another file would never go out, and nothing else would tell.",
        bad: .post(ordinaryPost, at: "posts/launch.yaml.txt"), good: .post(ordinaryPost, at: "posts/launch.yaml"))
    case .filePath:
      RulePage(
        "a path is not one that every system can have",
        "Paths have parts of at most 255 bytes, 1,024 in all and 16 folders; no control characters, no backslash, no \"..\", no \".git\".",
        bad: .entry(path: "posts/launch\\teaser.yaml", kind: .file), good: .entry(path: "posts/launch-teaser.yaml", kind: .file))
    case .fileKind:
      RulePage(
        "a symbolic link, a submodule or a device",
        "Links are not followed: they could lead out of the repository.",
        bad: .entry(path: "posts/launch.yaml", kind: .symlink), good: .entry(path: "posts/launch.yaml", kind: .file))
    case .fileCollision:
      RulePage(
        "two paths are one file on some systems",
        "Some file systems fold case or compose characters. A clone there would hold one of the two files only.",
        bad: .files([
          ("posts/Launch.yaml", Array((ordinaryPost + "id: launch-a\n").utf8)),
          ("posts/launch.yaml", Array((laterPost + "id: launch-b\n").utf8)),
        ]),
        good: .files([("posts/launch-a.yaml", Array(ordinaryPost.utf8)), ("posts/launch-b.yaml", Array(laterPost.utf8))]))
    case .folderCrowded:
      RulePage(
        "a folder has more than 5,000 entries",
        "Git writes a folder anew for each change in it, so that every record takes longer. Moving a post changes nothing else.",
        bad: .folder(path: "posts", entries: 5001), good: .folder(path: "posts/2026/11", entries: 400))
    default: nil
    }
  }
}
