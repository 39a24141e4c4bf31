internal import CDeflate

/// What compresses many objects, each in one piece: libdeflate, which has nothing to get ready for each of them as zlib's streams have.
///
/// But for its tables: 128 KiB are emptied for each object, which takes longer than looking through a small one, of which little would be saved.
/// Those go as they are.
final class Deflater {
  private let stored: OpaquePointer
  private var compressed: OpaquePointer?
  private var buffer: [UInt8] = []
  private let step: String

  init(step: String) throws(GitError) {
    self.step = step
    stored = try Self.compressor(level: 0, step)
  }

  deinit {
    libdeflate_free_compressor(stored)
    libdeflate_free_compressor(compressed)
  }

  /// Appends a zlib stream of `content`. C function: `libdeflate_zlib_compress`.
  func deflate(_ content: [UInt8], onto bytes: inout [UInt8]) throws(GitError) {
    let compressor = content.count < Self.least ? stored : try compressing()
    let bound = libdeflate_zlib_compress_bound(compressor, content.count)
    if buffer.count < bound { buffer = [UInt8](repeating: 0, count: 2 * bound) }
    let written = content.withUnsafeBytes { content in
      buffer.withUnsafeMutableBytes { buffer in
        let written = libdeflate_zlib_compress(compressor, content.baseAddress, content.count, buffer.baseAddress, bound)
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<written]))
        return written
      }
    }
    guard written > 0 else {
      throw GitError(step: step, reason: .other, detail: "libdeflate cannot compress an object of \(content.count) bytes")
    }
  }

  private func compressing() throws(GitError) -> OpaquePointer {
    if let compressed { return compressed }
    let made = try Self.compressor(level: Self.fastest, step)
    compressed = made
    return made
  }

  private static func compressor(level: Int32, _ step: String) throws(GitError) -> OpaquePointer {
    guard let compressor = libdeflate_alloc_compressor(level) else {
      throw GitError(step: step, reason: .other, detail: "libdeflate cannot be started: out of memory")
    }
    return compressor
  }

  private static let fastest: Int32 = 1
  private static let least = 512
}
