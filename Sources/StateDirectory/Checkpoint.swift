public import Failpoints

/// The whole state up to one entry of the journal, in one file that is replaced as a whole. Its content is opaque.
///
///     magic 8 | version 4 | covered entry 8 | length 8 | checksum of header and content 4 | content
public struct Checkpoint: Equatable, Sendable {
  /// The last entry of the journal whose effect is in here.
  public let covered: UInt64
  public let content: [UInt8]

  public init(covered: UInt64, content: [UInt8]) { (self.covered, self.content) = (covered, content) }

  private static let magic: UInt64 = 0x3150_4B43_4E52_4850  // "PHRNCKP1"
  private static let version: UInt32 = 1
  private static let headerSize = 32

  /// The most that is read; a larger file is not ours.
  private static let largest = 8 << 30

  /// Makes this the checkpoint `name` of `folder`, durable once it returns (F1).
  ///
  /// The journal must have been flushed up to ``covered`` before. After any error the journal's segments must stay.
  ///
  /// - Parameter points: passed when the new file is written, and when it has its name.
  public func replace(
    _ name: String, in folder: Folder, passing points: (temp: Failpoint, renamed: Failpoint) = (.checkpointTemp, .checkpointRenamed)
  ) throws(StateError) {
    try folder.replace(
      name, beforeRename: { () throws(StateError) in try pass(points.temp) },
      afterRename: { () throws(StateError) in try pass(points.renamed) }
    ) { file throws(StateError) in
      try file.write(header())
      try file.write(content)
    }
  }

  /// The checkpoint `name` of `folder`, or nil if there is none. Changes nothing.
  ///
  /// - Throws: ``StateError/Reason/damaged(offset:why:setAside:)`` if it is not, to the bit, what was written.
  public static func read(_ name: String, in folder: Folder) throws(StateError) -> Checkpoint? {
    guard var bytes = try folder.read(name, limit: largest) else { return nil }
    let header = bytes.withUnsafeBytes(Header.init(bytes:))
    let path = folder.path(of: name)
    guard let header else { throw StateError("read", path, .damaged(offset: 0, why: "it is not a checkpoint of this version")) }
    guard header.length == UInt64(bytes.count - headerSize) else {
      throw StateError("read", path, .damaged(offset: 20, why: "\(bytes.count - headerSize) bytes instead of \(header.length)"))
    }
    var checksum = CRC32C()
    bytes.withUnsafeBytes { buffer in
      checksum.update(buffer.slice(0, 28))
      checksum.update(buffer.slice(headerSize, buffer.count - headerSize))
    }
    guard checksum.value == header.checksum else { throw StateError("read", path, .damaged(offset: 28, why: "its checksum does not fit")) }
    bytes.removeFirst(headerSize)
    return Checkpoint(covered: header.covered, content: bytes)
  }

  /// As ``read(_:in:)``, but one that is damaged is set aside under another name before the error is thrown, which says where it went.
  public static func recover(_ name: String, in folder: Folder) throws(StateError) -> Checkpoint? {
    do {
      return try read(name, in: folder)
    } catch {
      guard case .damaged(let offset, let why, _) = error.reason else { throw error }
      let aside = folder.path(of: try folder.setAside(name))
      throw StateError(error.step, error.path, .damaged(offset: offset, why: why, setAside: aside))
    }
  }

  private func header() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: Self.magic)
    bytes.append(littleEndian: Self.version)
    bytes.append(littleEndian: covered)
    bytes.append(littleEndian: UInt64(content.count))
    var checksum = CRC32C()
    checksum.update(bytes)
    checksum.update(content)
    bytes.append(littleEndian: checksum.value)
    return bytes
  }

  private struct Header {
    let covered: UInt64
    let length: UInt64
    let checksum: UInt32

    init?(bytes: UnsafeRawBufferPointer) {
      guard bytes.count >= headerSize, bytes.number(at: 0) == magic, bytes.number(at: 8) == version else { return nil }
      (covered, length, checksum) = (bytes.number(at: 12), bytes.number(at: 20), bytes.number(at: 28))
    }
  }
}
