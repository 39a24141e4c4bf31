/// Where a file stands in the content folder, and what that makes of it.
public enum ContentPath {
  public enum Kind: Equatable, Sendable {
    case settings
    /// The stem of the file, not yet checked to be a name.
    case account(stem: String)
    case post(stem: String)
    /// Below `posts/` or `accounts/`, and not YAML.
    case stray
    /// Media, history, status, and what other people keep there.
    case other
  }

  /// The part of `path` below the content folder. In bytes: a mark that combines with the slash before it does not hide it.
  public static func inside(_ folder: String, _ path: String) -> String { String(Substring(path.utf8.dropFirst(folder.utf8.count + 1))) }

  /// Whether `path` is below `folder`.
  public static func isBelow(_ folder: String, _ path: String) -> Bool {
    path.utf8.starts(with: folder.utf8) && path.utf8.dropFirst(folder.utf8.count).first == UInt8(ascii: "/")
  }

  /// What the file at `path` is, which is relative to the content folder.
  public static func kind(of path: String) -> Kind {
    if path == "posthorn.yaml" || path == "posthorn.yml" { return .settings }
    let isPost = isBelow("posts", path)
    guard isPost || isBelow("accounts", path) else { return .other }
    let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] } ?? path[...]
    guard let stem = stem(ofName: name) else { return name == ".gitkeep" || name == ".gitignore" ? .other : .stray }
    return isPost ? .post(stem: stem) : .account(stem: stem)
  }

  /// Whether a path has the ending of a file that is read.
  public static func isYAML(_ path: String) -> Bool { stem(ofName: path[...]) != nil }

  /// The name without `.yaml` or `.yml`; `nil` for other names. In bytes: this is asked for every file of a repository.
  static func stem(ofName name: Substring) -> String? {
    let bytes = name.utf8
    for ending in [".yaml", ".yml"] where bytes.count > ending.utf8.count && bytes.suffix(ending.utf8.count).elementsEqual(ending.utf8) {
      return String(Substring(bytes.dropLast(ending.utf8.count)))
    }
    return nil
  }

  public static let maximumBytes = 1024
  public static let maximumPartBytes = 255
  public static let maximumDepth = 16
  /// A folder with more entries makes every record commit slow: git writes the whole folder anew for each change in it.
  public static let crowd = 5000

  /// Why a path in the repository is refused; `nil` where it is fine.
  public static func fault(of path: String) -> String? {
    if isPlain(path) { return nil }
    guard path.utf8.count <= maximumBytes else { return "is longer than \(maximumBytes) bytes" }
    var depth = 0
    for part in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      depth += 1
      if let fault = fault(ofPart: Substring(part)) { return fault }
    }
    return depth <= maximumDepth ? nil : "is more than \(maximumDepth) folders deep"
  }

  /// Whether a path is short, and of letters, digits, `_`, `-` and single dots inside its parts: what nearly all are, told in one look.
  private static func isPlain(_ path: String) -> Bool {
    var before = UInt8(ascii: "/")
    var depth = 1
    for byte in path.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): break
      case UInt8(ascii: "/"):
        if before == byte { return false }
        depth += 1
      case UInt8(ascii: "."): if before == byte || before == UInt8(ascii: "/") { return false }
      default: return false
      }
      before = byte
    }
    return before != UInt8(ascii: "/") && depth <= maximumDepth && path.utf8.count <= maximumPartBytes
  }

  /// Why a path that a file gives, relative to the content folder, is refused.
  public static func fault(ofRelative path: String) -> String? {
    if path.isEmpty { return "is empty" }
    if path.utf8.first == UInt8(ascii: "/") { return "must be relative, without a \"/\" at its start" }
    if path.utf8.last == UInt8(ascii: "/") { return "names a folder, not a file" }
    return fault(of: path)
  }

  private static func fault(ofPart part: Substring) -> String? {
    if part.isEmpty { return "has an empty part" }
    if part == "." || part == ".." { return "must not contain \"\(part)\"" }
    if part.utf8.count == 4, part.lowercased() == ".git" { return "must not lead into \(quoted(part))" }
    if part.utf8.count > maximumPartBytes { return "has a part longer than \(maximumPartBytes) bytes" }
    if part.utf8.contains(UInt8(ascii: "\\")) { return "must not contain a backslash; parts are separated by \"/\"" }
    let hasControl = part.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0xFFFD }
    return hasControl ? "must not contain control characters, and must be UTF-8" : nil
  }

  /// A path whose letters beyond ASCII are told by number: two that look alike differ there.
  static func spelled(_ path: String) -> String {
    path.unicodeScalars.map { $0.isASCII ? String($0) : "\\u{\(String($0.value, radix: 16))}" }.joined()
  }

  /// Whether a name has a letter that another name may have in another form.
  static func hasOtherForms(_ name: String) -> Bool { name.utf8.contains { $0 >= 0x80 || (0x41...0x5A).contains($0) } }

  /// The form in which two paths are equal that a file system takes for one because it folds case or composes characters. Swift
  /// compares strings by canonical equivalence, so composing needs no step of its own.
  static func folded(_ path: String) -> String {
    guard hasOtherForms(path) else { return path }
    return path.utf8.allSatisfy { $0 < 0x80 } ? path.lowercased() : path.uppercased().lowercased()
  }
}
