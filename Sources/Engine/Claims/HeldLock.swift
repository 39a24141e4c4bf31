import StateDirectory

/// The state directory's lock, as whoever is about to publish asks for it.
struct HeldLock: Sendable {
  let path: String
  let isHeld: @Sendable () -> Bool

  /// - Throws: ``StateError`` once it is lost: another daemon may have the directory, so nothing is begun any more.
  func check() throws(StateError) {
    guard !isHeld() else { return }
    throw StateError(
      "publish under", path,
      .refused("the lock was removed or replaced, or its directory moved, while this daemon ran, so another one may have it; start again"))
  }
}
