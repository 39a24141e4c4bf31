/// How a video is cut for its upload. Pure.
///
/// TikTok takes chunks of 5 to 64 MB, the last one up to twice that, one after another, and counts them as `floor(size / chunk)`: what is left
/// over belongs to the last. The last chunk is the one that publishes, and the only one that is sent at the due instant: short chunks keep a
/// large video as punctual as a small one.
///
/// - Source: TikTok, *Media Transfer Guide*; the length is that of its example, the same under both readings of MB.
struct ChunkPlan: Equatable, Sendable {
  /// In bytes.
  let size: Int64
  let chunkSize: Int64
  let count: Int

  init(size: Int64) {
    self.size = size
    if size < 2 * Self.length {
      (chunkSize, count) = (size, 1)
    } else {
      (chunkSize, count) = (Self.length, Int(size / Self.length))
    }
  }

  struct Chunk: Equatable, Sendable {
    var first: Int64
    /// Inclusive.
    var last: Int64
    var length: Int64 { last - first + 1 }
  }

  /// - Parameter index: counted from 0.
  func chunk(_ index: Int) -> Chunk {
    let first = Int64(index) * chunkSize
    return Chunk(first: first, last: index == count - 1 ? size - 1 : first + chunkSize - 1)
  }

  var final: Chunk { chunk(count - 1) }

  /// The first chunk that is not stored whole, where so many bytes are; `count` where all are.
  func next(stored bytes: Int64) -> Int { bytes >= size ? count : min(Int(max(0, bytes) / chunkSize), count - 1) }

  private static let length: Int64 = 10_000_000
}
