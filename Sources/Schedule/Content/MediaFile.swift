/// A media file, as far as it can be judged without looking at the picture.
public struct MediaFile: Equatable, Sendable {
  /// Of the file itself, where it is kept in Git LFS too.
  public var size: Int
  public var storage: Storage

  public enum Storage: Equatable, Sendable {
    /// In git itself, or about to be.
    case blob
    case lfs
    /// It begins as a pointer of Git LFS does, and is none.
    case brokenPointer
  }

  /// A plain blob beyond this belongs into Git LFS.
  public static let blobLimit = 32_000_000

  public init(size: Int, storage: Storage = .blob) {
    self.size = size
    self.storage = storage
  }

  /// A file shorter than ``LFSPointer/bytes``, which may be a pointer.
  public init(short bytes: [UInt8]) {
    if let pointer = LFSPointer(bytes) {
      self.init(size: pointer.size, storage: .lfs)
    } else {
      self.init(size: bytes.count, storage: LFSPointer.isAnnounced(by: bytes) ? .brokenPointer : .blob)
    }
  }
}

/// Which media files there are, where whoever reads the posts knows it.
public struct MediaFolder: Sendable {
  public enum Found: Equatable, Sendable {
    /// Nobody can say here.
    case unknown
    case absent
    /// A symbolic link, which nobody follows.
    case link
    case file(MediaFile)
  }

  /// Looks for a path relative to the content folder.
  public let find: @Sendable (String) -> Found
  /// The bytes of a file, in Git LFS or not; `nil` where they are not at hand. Asked only where a platform wants to know more than the size.
  public let open: @Sendable (String) -> MediaBytes?
  /// The names in a folder, for a file that is not there; the empty path is the content folder itself.
  public let names: @Sendable (String) -> [String]

  public init(
    find: @escaping @Sendable (String) -> Found, open: @escaping @Sendable (String) -> MediaBytes? = { _ in nil },
    names: @escaping @Sendable (String) -> [String] = { _ in [] }
  ) {
    self.find = find
    self.open = open
    self.names = names
  }

  /// The path of what has nearly the name of a file that is not there: it differs in case, or in how its characters are composed.
  func near(_ path: String) -> String? {
    let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    var looks = Self.mostLooks
    let found = near(parts[...], in: "", &looks)
    return found.map { $0.utf8.elementsEqual(path.utf8) } ?? true ? nil : found
  }

  /// A folder that has the very name comes first, and one that has it nearly may have the file all the same.
  ///
  /// - Parameter looks: how many folders may still be looked into: one folder may stand under many names, again and again.
  private func near(_ parts: ArraySlice<String>, in folder: String, _ looks: inout Int) -> String? {
    guard let part = parts.first else { return folder }
    guard looks > 0 else { return nil }
    looks -= 1
    let key = ContentPath.folded(part)
    let alike = names(folder).filter { ContentPath.folded($0) == key }
    let exact = alike.filter { $0.utf8.elementsEqual(part.utf8) }
    for name in exact + alike.filter({ !$0.utf8.elementsEqual(part.utf8) }) {
      if let found = near(parts.dropFirst(), in: folder.isEmpty ? name : "\(folder)/\(name)", &looks) { return found }
    }
    return nil
  }

  private static let mostLooks = 64

  public static let unknown = MediaFolder { _ in .unknown }
}
