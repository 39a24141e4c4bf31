import Logging
import Schedule
import StateDirectory

extension Engine {
  /// What a long life needs, whether upstream can be reached or not.
  func upkeepOrSay() async {
    do {
      try await upkeep()
    } catch let error as StateError where !error.isNoRoom {
      fail(error)
    } catch {
      logger.error("the hourly upkeep failed and is done again", metadata: ["error": "\(error)"])
    }
  }

  /// A journal that stays short, and handles that let go of deleted packs.
  private func upkeep() async throws {
    if entriesSinceCheckpoint > Self.entriesBetweenCheckpoints {
      try await checkpoint()
      await letGo()
    }
    guard now() - lastUpkeep >= .seconds(3600) else { return }
    lastUpkeep = now()
    retryObstructed()  // records on a branch of their own are made way for unseen
    try saveClock()
    try await cleanMedia()
    await letGo()
  }

  /// Gives back what was needed for a while only: packs that handles of git have mapped or keep on the disk, their caches, and free memory.
  func letGo() async {
    await repository.reopen()
    await content.reopen()
    releaseMemory()
  }

  /// A person lets go what one fetch made due all at once.
  ///
  /// - Returns: how many deliveries that concerns; 0 where no burst came with that commit.
  public func acknowledgeBurst(_ commit: String) async throws -> Int {
    var posts: [DesiredPost] = []
    desired.forEach(through: .distantPast) { post in
      if post.deliveries.contains(where: { $0.burst?.hasPrefix(commit) ?? false }) { posts.append(post) }
    }
    let bursts = Set(posts.flatMap { $0.deliveries.compactMap(\.burst) }).filter { $0.hasPrefix(commit) }
    guard bursts.count == 1, let burst = bursts.first else { return 0 }
    try await append([.burstAcknowledged(commit: burst)])
    for post in posts {
      markDirty(post.id)
      for delivery in post.deliveries { remind(DeliveryID(post: post.id, account: delivery.account), delivery) }
    }
    reconsiderHeld()
    pump()
    return posts.reduce(0) { $0 + $1.deliveries.count { $0.burst == burst } }
  }

  private static let entriesBetweenCheckpoints = 50_000
}
