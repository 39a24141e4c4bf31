import YAML

/// What may stand in the content folder at all, whatever is in it.
public enum EntryCheck {
  public enum Kind: Sendable {
    case file, folder, symlink, submodule
    /// A socket, a device: only a work tree can have one.
    case special
  }

  /// Why an entry is refused. `path` is relative to the repository's root.
  public static func diagnostic(_ path: String, _ kind: Kind) -> Diagnostic? {
    if let fault = ContentPath.fault(of: path) {
      return Diagnostic(.filePath, of: path, "the path \(quoted(path)) \(fault)", hint: "rename it")
    }
    switch kind {
    case .file, .folder: return nil
    case .symlink: return Diagnostic(.fileKind, of: path, "a symbolic link is not followed", hint: "put the file itself here")
    case .submodule: return Diagnostic(.fileKind, of: path, "a submodule is not read", hint: "put the files themselves here")
    case .special: return Diagnostic(.fileKind, of: path, "this is neither a file nor a folder", hint: "remove it")
    }
  }

  /// The error for what stands beside the content folder, or beside a folder on the way to it, under nearly its name.
  ///
  /// - Parameters:
  ///   - path: of what stands there, from the repository's root, as that of `folder`.
  public static func twin(_ path: String, of folder: String) -> Diagnostic {
    Diagnostic(
      .fileCollision, of: path, "this is the same name as \(quoted(folder)) on a system that ignores case or Unicode composition",
      hint: "rename it; \(folder) is read, and this is not")
  }

  /// Of the names beside a folder, the one that is nearly its name.
  public static func twin(of folder: String, among names: some Sequence<String>) -> Diagnostic? {
    let bytes = Array(folder.utf8)
    let (parent, own) = bytes.lastIndex(of: UInt8(ascii: "/")).map { (bytes[...$0], bytes[($0 + 1)...]) } ?? ([], bytes[...])
    let folded = ContentPath.folded(String(decoding: own, as: UTF8.self))
    return names.first { ContentPath.folded($0) == folded && !$0.utf8.elementsEqual(own) }.map { name in
      twin(String(decoding: parent, as: UTF8.self) + name, of: folder)
    }
  }

  /// The warning for a file below `posts/` or `accounts/` that is not read.
  public static func stray(_ path: String) -> Diagnostic {
    Diagnostic(
      .fileIgnored, of: path, "only .yaml and .yml files are read here; this one is ignored",
      hint: "rename it, or move it, for media to media/")
  }

  /// The warning for a file that says what a post or an account says, and lies where neither is read; `nil` for any other file.
  public static func misplaced(_ path: String, _ bytes: UnsafeBufferPointer<UInt8>) -> Diagnostic? {
    var document = Document()
    document.read(bytes)
    guard let root = document.root else { return nil }
    let keys = Set(document.entries(of: root).lazy.map { document.string($0.key) })
    guard let folder = keys.contains("scheduled_time") ? "posts/" : keys.contains("platform") ? "accounts/" : nil else { return nil }
    return Diagnostic(
      .fileIgnored, of: path, "this looks like \(folder == "posts/" ? "a post" : "an account"), and is not read here",
      hint: "move it below \(folder)")
  }

  /// The warning for a file that somebody names and that nothing reads.
  public static func unread(_ path: String) -> Diagnostic {
    Diagnostic(
      .fileIgnored, of: path,
      "this file is not read: it is no post below posts/, no account in accounts/, and not the settings, or git ignores it",
      hint: "move it, or leave it out")
  }

  /// The warning for a folder with too many entries; `nil` below that.
  public static func crowd(_ folder: String, entries: Int) -> Diagnostic? {
    guard entries > ContentPath.crowd else { return nil }
    return Diagnostic(
      .folderCrowded, of: folder, "the folder has \(entries) entries; above \(ContentPath.crowd) every record takes noticeably longer",
      hint: "use a folder a month, such as posts/2026/11/; moving a post changes nothing else")
  }
}
