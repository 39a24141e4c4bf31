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
    case file(MediaFile)
  }

  /// Looks for a path relative to the content folder.
  public let find: @Sendable (String) -> Found
  /// The bytes of a file, in Git LFS or not; `nil` where they are not at hand. Asked only where a platform wants to know more than the size.
  public let open: @Sendable (String) -> MediaBytes?

  public init(find: @escaping @Sendable (String) -> Found, open: @escaping @Sendable (String) -> MediaBytes? = { _ in nil }) {
    self.find = find
    self.open = open
  }

  public static let unknown = MediaFolder { _ in .unknown }
}
