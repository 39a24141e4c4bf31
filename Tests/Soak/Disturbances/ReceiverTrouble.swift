/// The receiver of one account hangs, resets, refuses, is slow, or loses its answers; those of the others are well.
struct ReceiverTrouble: Disturbance {
  static let kind = DisturbanceKind.receiver

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    let account = chance.pick(Timetable.accounts, "account")
    world.receivers.set(chance.pick([.hanging, .resetting, .refusing, .losingAnswers, .slow], "how"), for: account)
    try await Task.sleep(for: chance.seconds(2...20, "long"))
    world.receivers.set(.well, for: account)
  }
}
