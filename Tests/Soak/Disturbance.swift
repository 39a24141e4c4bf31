import ArgumentParser

/// Something that happens to a daemon, or to what it depends on. When it has happened the world is whole again: whatever was stopped runs, whatever
/// was cut is joined, the clock is right.
protocol Disturbance: Sendable {
  static var kind: DisturbanceKind { get }
  /// - Parameter chance: what is left to chance here.
  func happen(to site: Site, in world: World, _ chance: Chance) async throws
}

enum DisturbanceKind: String, CaseIterable, ExpressibleByArgument, Sendable {
  case kill, stop, reboot, suspend, copy, restore, move, lose, clock, upstream, receiver, forge, rewrite, etcd

  /// Those that can happen where claims are of this kind, on this machine.
  static func all(for claims: ClaimsKind) -> [DisturbanceKind] {
    allCases.filter { kind in
      switch kind {
      case .etcd: claims == .etcd
      case .clock: FakeClock.isInstalled
      case .reboot: Machine.areApart
      default: true
      }
    }
  }

  /// Whether it happens to one daemon, to which nothing else is to happen meanwhile.
  var isOfSite: Bool {
    switch self {
    case .upstream, .receiver, .forge, .rewrite, .etcd: false
    default: true
    }
  }

  /// Whether the next disturbance does not wait for its end.
  func happensBeside(in world: World, _ chance: Chance) -> Bool {
    switch self {
    case .upstream, .receiver, .forge, .etcd: chance.happens(0.5, "beside")
    case .suspend: Suspend.isForLong(in: world, chance)
    default: false
    }
  }

  var disturbance: any Disturbance {
    switch self {
    case .kill: Kill()
    case .stop: Stop()
    case .reboot: Reboot()
    case .suspend: Suspend()
    case .copy: Copy()
    case .restore: Restore()
    case .move: Move()
    case .lose: Lose()
    case .clock: ClockJump()
    case .upstream: UpstreamTrouble()
    case .receiver: ReceiverTrouble()
    case .forge: Forge()
    case .rewrite: Rewrite()
    case .etcd: EtcdTrouble()
    }
  }
}
