/// How one side did with a timetable.
struct Trial {
  /// Milliseconds.
  var latencies: [Double] = []
  /// Seconds of processor time from being ready to the last request, or the last record where there are records.
  var processor: Double?
  /// Bytes of the process at most.
  var peak: Int?
  /// Seconds from the first instant until all history is in the repository.
  var recordedAfter: Double?
  var failures: [String] = []

  /// How long after the last instant everything must have come.
  static let patience = 60.0

  /// Waits until `condition` holds, 5 ms at a time; whether it did before `deadline` (nanoseconds since 1970) and the process's end.
  static func wait(for condition: () throws(BenchFailure) -> Bool, of child: Child, until deadline: Int64) throws(BenchFailure) -> Bool {
    while try !condition() {
      guard Clocks.real < deadline, Clocks.processor(of: child.pid) != nil else { return false }
      Clocks.sleep(milliseconds: 5)
    }
    return true
  }

  /// Waits until a process has nothing to do: hardly any processor time in a fifth of a second, three times in a row; whether that came.
  static func waitUntilIdle(_ child: Child, patience: Double) -> Bool {
    guard var before = Clocks.processor(of: child.pid) else { return false }
    let deadline = Clocks.steady + Int64(patience * 1e9)
    var calm = 0
    while calm < 3 {
      Clocks.sleep(milliseconds: 200)
      guard Clocks.steady < deadline, let now = Clocks.processor(of: child.pid) else { return false }
      calm = now - before < 500_000 ? calm + 1 : 0
      before = now
    }
    return true
  }

  static func deadline(_ timetable: Timetable) -> Int64 { Int64((Double(timetable.last) + patience) * 1e9) }
}
