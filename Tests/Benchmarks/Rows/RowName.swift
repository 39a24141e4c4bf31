import ArgumentParser

/// In the order of the figures.
enum RowName: String, CaseIterable, ExpressibleByArgument {
  case V1, V3, T1, T2, R1, R2, L1, L2, D1, D3, C1, C2, M1, M2, S1, H1

  var row: any Row {
    switch self {
    case .V1: ValidateRow()
    case .V3: ChangeRow()
    case .T1: TickRow()
    case .T2: AdoptRow()
    case .R1: RestartRow()
    case .R2: FirstStartRow()
    case .L1: TrickleRow()
    case .L2: BurstRow(name: rawValue, posts: 1000, runs: 5)
    case .D1: BurstRow(name: rawValue, posts: 10_000, runs: 1)
    case .D3: BurstRow(name: rawValue, posts: 1000, runs: 3, delay: 0.1)
    case .C1: RecordRow()
    case .C2: RecordManyRow()
    case .M1: IdleMemoryRow()
    case .M2: MediaRow()
    case .S1: StartRow()
    case .H1: HookRow()
    }
  }

  /// Rows that cost more the more posts there are, or might. L2 and D2 are among the figures of D1.
  static let growing: [RowName] = [.V1, .V3, .T1, .T2, .R1, .R2, .L1, .D1, .D3, .C1, .C2, .M1, .H1]
}
