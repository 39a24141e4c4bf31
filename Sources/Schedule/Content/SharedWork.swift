import Synchronization

/// Work on many things of one kind, such as reading posts, handed out in chunks to whichever task asks: as many tasks as there are cores.
public struct SharedWork: Sendable {
  private let count: Int
  private let cores: Int
  private let chunk: Int

  /// - Parameter chunk: how many are handed out at once, at most; things beside each other cost less together.
  public init(count: Int, cores: Int, chunk: Int = 1024) {
    (self.count, self.cores) = (count, max(1, cores))
    // Where there are few, each core gets some; fewer still are not worth a second one.
    self.chunk = max(1, min(chunk, max(32, count / self.cores + 1)))
  }

  /// What each task made of its share, in no order.
  ///
  /// - Parameter take: does a share: it asks for ranges of numbers until there are none left.
  public func shares<Share: Sendable>(
    _ take: @escaping @Sendable (_ next: () -> Range<Int>?) throws -> Share
  ) async throws -> [Share] {
    let queue = Queue()
    return try await withThrowingTaskGroup(of: Share.self) { group in
      for _ in 0..<min(cores, count / chunk + 1) { group.addTask { try take { queue.next(chunk, of: count) } } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  private final class Queue: Sendable {
    private let first = Atomic<Int>(0)

    func next(_ chunk: Int, of count: Int) -> Range<Int>? {
      let start = first.add(chunk, ordering: .relaxed).oldValue
      return start < count ? start..<min(start + chunk, count) : nil
    }
  }
}
