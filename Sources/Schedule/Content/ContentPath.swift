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

  /// What the file at `path` is, which is relative to the content folder.
  public static func kind(of path: String) -> Kind {
    if path == "posthorn.yaml" || path == "posthorn.yml" { return .settings }
    let isPost = path.hasPrefix("posts/")
    guard isPost || path.hasPrefix("accounts/") else { return .other }
    let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] } ?? path[...]
    let stem = name.hasSuffix(".yaml") ? name.dropLast(5) : name.hasSuffix(".yml") ? name.dropLast(4) : ""
    guard !stem.isEmpty else { return name == ".gitkeep" || name == ".gitignore" ? .other : .stray }
    return isPost ? .post(stem: String(stem)) : .account(stem: String(stem))
  }

  public static let maximumBytes = 1024
  public static let maximumPartBytes = 255
  public static let maximumDepth = 16
  /// A folder with more entries makes every record commit slow: git writes the whole folder anew for each change in it.
  public static let crowd = 5000

  /// Why a path in the repository is refused; `nil` where it is fine.
  public static func fault(of path: String) -> String? {
    guard path.utf8.count <= maximumBytes else { return "is longer than \(maximumBytes) bytes" }
    var depth = 0
    for part in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      depth += 1
      if let fault = fault(ofPart: Substring(part)) { return fault }
    }
    return depth <= maximumDepth ? nil : "is more than \(maximumDepth) folders deep"
  }

  /// Why a path that a file gives, relative to the content folder, is refused.
  public static func fault(ofRelative path: String) -> String? {
    if path.isEmpty { return "is empty" }
    if path.hasPrefix("/") { return "must be relative, without a \"/\" at its start" }
    if path.hasSuffix("/") { return "names a folder, not a file" }
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

  /// The form in which two paths are equal that a file system takes for one because it folds case or composes characters. Swift
  /// compares strings by canonical equivalence, so composing needs no step of its own.
  public static func folded(_ path: String) -> String {
    guard path.utf8.contains(where: { $0 >= 0x80 || (0x41...0x5A).contains($0) }) else { return path }
    return path.utf8.allSatisfy { $0 < 0x80 } ? path.lowercased() : path.uppercased().lowercased()
  }
}
