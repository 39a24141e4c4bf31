extension Rule {
  /// Pages of the rules about YAML itself.
  var yamlPage: RulePage? {
    switch self {
    case .yamlSyntax:
      RulePage(
        "the file is not YAML",
        "Most often a text with \": \" or a bracket in it needs quotes, or a line is indented by a tab.",
        bad: .lines("title: Tonight: doors open"), good: .lines("title: \"Tonight: doors open\""))
    case .yamlAnchor:
      RulePage(
        "anchors and aliases",
        "They make one line of a file change another, which a reviewer does not see, and small files grow large. Write the value out.",
        bad: .lines("title: &name Doors open\ncaption: *name"), good: .lines("title: Doors open\ncaption: Doors open"))
    case .yamlTag:
      RulePage(
        "tags", "A value has the type that its key asks for; a tag has nothing to add.", bad: .lines("title: !!str 2026"),
        good: .lines("title: 2026"))
    case .yamlDirective:
      RulePage(
        "directives", "There is one version of the format.", bad: .post("%YAML 1.1\n---\n" + ordinaryPost), good: .post(ordinaryPost))
    case .yamlDocuments:
      RulePage(
        "several documents in one file", "One post a file: the file's name is its identity, and its history is that of one post.",
        bad: .post(ordinaryPost + "---\n" + ordinaryPost), good: .post("---\n" + ordinaryPost))
    case .yamlDepth:
      RulePage(
        "more than 32 levels", "No post needs them.",
        bad: .lines("title: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)), good: .lines("title: Doors open"))
    case .yamlNodes:
      RulePage(
        "more than 10,000 values, or more than 100 problems, in one file", "What follows in the file was not read.",
        bad: .lines("media: [" + String(repeating: "a, ", count: 10_001) + "]"), good: .lines("media: [{path: media/teaser.mp4}]"))
    case .yamlScalar:
      RulePage(
        "a value longer than 256 KiB", "No platform takes such a text.", bad: .lines("title: " + String(repeating: "x", count: 262_145)),
        good: .lines("title: x"))
    case .yamlKey:
      RulePage(
        "a key that is no short text", "A key is text of at most 256 bytes, never a list or a mapping.", bad: .lines("{title: x}: y"),
        good: .lines("title: \"{title: x}: y\""))
    case .keyDuplicate:
      RulePage(
        "a key stands twice", "One of the two values would be dropped, and nobody could say which.",
        bad: .lines("title: Doors open\ntitle: Doors closed"), good: .lines("title: Doors open"))
    case .textControl:
      RulePage(
        "control characters", "NUL, escape and the like are never shown, and can take over a terminal.",
        bad: .lines("title: \"Doors\\u001b[2J open\""), good: .lines("title: \"Doors open\""))
    default: nil
    }
  }
}
