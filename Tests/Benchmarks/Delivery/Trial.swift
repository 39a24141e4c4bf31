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

  static func deadline(_ timetable: Timetable) -> Int64 { Int64((Double(timetable.last) + patience) * 1e9) }
}
