import Foundation
import Support
import Testing

/// One fault after another: at the first call, at the second, and so on until a pass comes to its end without reaching it.
struct Sweep {
  private let faults: @Sendable (FaultCase) -> Faults
  private let first: Int
  private let stride: Int

  /// Every number up to `first` is tried; of those beyond, one in `stride`. All of them where POSTHORN_TEST_ALL_FAULTS is set.
  init(first: Int = 24, stride: Int = 6, _ faults: @escaping @Sendable (FaultCase) -> Faults) {
    (self.first, self.stride, self.faults) = (first, stride, faults)
  }

  private static let isLong = ProcessInfo.processInfo.environment["POSTHORN_TEST_ALL_FAULTS"] != nil

  /// Breaks a pass at each place, lets `judge` look at it, mends it, and looks whether anything is left undone.
  func run(_ judge: @escaping @Sendable (FaultCase, Posthorn.Ending) throws -> [String]) async throws {
    let lanes = 2
    let places = try await withThrowingTaskGroup(of: Int.self) { group in
      for lane in 0..<lanes { group.addTask { try await run(lane: lane, of: lanes, judge) } }
      return try await group.reduce(0, +)
    }
    #expect(places > 0, "no call was reached")
  }

  private func run(
    lane: Int, of lanes: Int, _ judge: @Sendable (FaultCase, Posthorn.Ending) throws -> [String]
  ) async throws -> Int {
    let bench = try await FaultBench()
    var places = 0
    for (index, number) in numbers.enumerated() where index % lanes == lane {
      let broken = try bench.copy()
      let ending = try await broken.pass(try faults(broken).environment(at: number, log: broken.log))
      guard let place = broken.notes.first(where: { $0.hasPrefix("!") }) else { break }
      places += 1
      let harm = try broken.harm() + judge(broken, ending)
      #expect(harm == [], "after a fault at \(place): \(ending)")
      try broken.removeStaleLock()
      let mended = try await broken.pass()
      let (debt, history) = (try broken.debt() + ([0, 1].contains(mended.status) ? [] : ["it ended with 3"]), try broken.history())
      #expect(debt == [], "mended after a fault at \(place): \(ending)\n\(mended)\n\(history)")
    }
    return places
  }

  private var numbers: [Int] { Array(1...first) + Array(Swift.stride(from: first + 1, to: 1000, by: Self.isLong ? 1 : stride)) }
}
