/// How a video is cut for its upload. Source: TikTok for Developers, Media Transfer Guide.
///
/// The documentation does not say whether its MB are decimal or binary; here a plan has to hold under both.
struct TikTokChunkPlan: Equatable, Sendable {
  let size: Int64
  let chunk: Int64
  let count: Int64

  /// - Throws: what TikTok says to a plan that is none.
  init(size: Int64, chunk: Int64, count: Int64) throws(TikTokRefusal) {
    (self.size, self.chunk, self.count) = (size, chunk, count)
    guard (1...Self.longest).contains(size) else { throw .parameter("The video size is invalid") }
    guard chunk >= 1, chunk <= size, chunk <= 64_000_000 else { throw .parameter("The chunk size is invalid") }
    guard (1...1000).contains(count), count == size / chunk else { throw .parameter("The total chunk count is invalid") }
    guard count == 1 ? chunk == size : chunk >= 5 << 20 else { throw .parameter("The chunk size is invalid") }
  }

  /// 4 GB, of the kind that the documentation's own example needs.
  static let longest: Int64 = 4 << 30

  /// First and last byte of a chunk, counted from 0; what is left over belongs to the last.
  func range(_ index: Int64) -> ClosedRange<Int64> { index * chunk...(index == count - 1 ? size - 1 : (index + 1) * chunk - 1) }

  /// Which chunk starts at a byte.
  func index(at first: Int64) -> Int64? { first % chunk == 0 && first / chunk < count ? first / chunk : nil }
}
