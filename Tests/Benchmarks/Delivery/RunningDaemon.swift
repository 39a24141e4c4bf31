import Glibc

/// `posthorn daemon` at a home, seen from outside.
final class RunningDaemon {
  let home: Home
  private let process: Child
  private let errors: String
  /// On the steady clock.
  let started = Clocks.steady
  private var isOver = false

  /// - Parameter options: beyond what says where everything is.
  init(_ home: Home, _ product: String, _ options: [String] = [], in folder: TemporaryFolder) throws(BenchFailure) {
    self.home = home
    errors = folder.fresh("daemon-errors")
    process = try Child(
      [product, "daemon", "--repo", home.repository, "--state", home.state, "--quiet"] + options, .init(errors: errors))
  }

  /// A row that ends early leaves nothing running.
  deinit { crash() }

  var pid: pid_t { process.pid }

  /// Seconds since it was started.
  var age: Double { Clocks.seconds(Clocks.steady - started) }

  /// Seconds of processor time that it has used so far.
  func processor() throws(BenchFailure) -> Double {
    guard let time = Clocks.processor(of: pid) else { throw failure("ended") }
    return Clocks.seconds(time)
  }

  /// Waits until its schedule is the branch's.
  func waitUntilScheduled(_ commit: String? = nil, patience: Double = 120) throws(BenchFailure) {
    try wait(patience, "take in the schedule") { () throws(BenchFailure) in try home.hasScheduled(commit ?? home.commit) }
  }

  /// Waits until it has nothing to do.
  func waitUntilIdle(patience: Double = 120) throws(BenchFailure) {
    guard Trial.waitUntilIdle(process, patience: patience) else { throw failure("was not idle within \(patience) s") }
  }

  func wait(_ patience: Double, _ what: String, for condition: () throws(BenchFailure) -> Bool) throws(BenchFailure) {
    let deadline = Clocks.real + Int64(patience * 1e9)
    let isDone = try Trial.wait(
      for: { () throws(BenchFailure) in
        // Nothing here goes wrong on purpose: whoever waits on would wait for nothing.
        if said.contains(" error ") || said.contains(" critical ") { throw failure("could not \(what)") }
        return try condition()
      }, of: process, until: deadline)
    guard isDone else { throw failure("did not \(what) within \(patience) s") }
  }

  /// SIGTERM; it has to end well.
  @discardableResult
  func stop() throws(BenchFailure) -> Child.Exit {
    let exit = process.stop(patience: 60)
    isOver = true
    guard exit.status == 0 else { throw failure("ended with \(exit.status)") }
    return exit
  }

  /// As a power cut would.
  func crash() {
    guard !isOver else { return }
    isOver = true
    kill(pid, SIGKILL)
    _ = process.wait()
  }

  func failure(_ what: String) -> BenchFailure {
    crash()
    let said = said
    return BenchFailure("the daemon \(what)\(said.isEmpty ? "" : ": …\(said.suffix(1000))")")
  }

  private var said: String { (try? Files.text(errors)) ?? "" }  // it may have said nothing
}
