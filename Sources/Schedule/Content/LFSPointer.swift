/// A file that stands for another one in Git LFS. Source: the pointer specification of Git LFS, version 1.
public struct LFSPointer: Equatable, Sendable {
  /// The SHA-256 of the real file, in hexadecimal.
  public let oid: String
  public let size: Int

  /// A pointer is shorter than this.
  public static let bytes = 1024

  public init?(_ bytes: [UInt8]) {
    guard bytes.count < Self.bytes, let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let lines = text.split(separator: "\n")
    guard lines.first == "version https://git-lfs.github.com/spec/v1",
      let oid = lines.lazy.compactMap({ $0.hasPrefix("oid sha256:") ? $0.dropFirst(11) : nil }).first, oid.utf8.count == 64,
      oid.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
      let size = lines.lazy.compactMap({ $0.hasPrefix("size ") ? Int($0.dropFirst(5)) : nil }).first, size >= 0
    else { return nil }
    self.oid = String(oid)
    self.size = size
  }

  /// Whether a file begins as pointers do, sound or not: it is no picture.
  public static func isAnnounced(by bytes: [UInt8]) -> Bool { bytes.starts(with: "version https://git-lfs.github.com/".utf8) }
}
