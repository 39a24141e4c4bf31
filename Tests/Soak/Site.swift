import Foundation
import Glibc
import Support

/// A state directory on a machine, and the daemon that runs on it as a service does: whenever it ends by itself, it is started again.
actor Site {
  nonisolated let name: String
  private(set) var machine: Machine
  /// Where the state directory is, and where its daemon sees it: a clone of a machine has its own at the same place.
  private(set) var folder: String
  private(set) var place: String

  private let program: String
  private let options: [String]
  private let logs: String
  private let note: @Sendable (String) -> Void

  private var daemon: Daemon?
  private var clock: FakeClock?
  private var isWanted = false
  private var runs = 0
  private var watching: Task<Void, Never>?

  /// - Parameters:
  ///   - options: of `posthorn daemon`, but `--state`.
  ///   - logs: the folder that its logs are kept in.
  ///   - note: is told of ends that nobody asked for.
  init(
    _ name: String, on machine: Machine, folder: String, place: String? = nil, program: String, options: [String], logs: String,
    note: @escaping @Sendable (String) -> Void
  ) {
    (self.name, self.machine, self.folder, self.place) = (name, machine, folder, place ?? folder)
    (self.program, self.options, self.logs, self.note) = (program, options, logs, note)
  }

  deinit { watching?.cancel() }

  /// Starts the daemon, and starts it again when it ends by itself.
  ///
  /// - Parameter clock: what it takes for the wall clock.
  func start(by clock: FakeClock? = nil) throws {
    self.clock = clock
    isWanted = true
    try launch()
    if watching == nil { watching = Task { [weak self] in await Self.watch { [weak self] in await self?.look() } } }
  }

  /// Starts it if it does not run.
  func ensureStarted() throws { if daemon == nil { try start() } }

  private func launch() throws {
    runs += 1
    daemon = try Daemon(
      command: machine.command([program, "daemon", "--state", place] + options, showing: folder, at: place),
      environment: ["HOME": folder + "/.."].merging(clock?.environment ?? [:]) { $1 }, log: "\(logs)/\(name).\(runs).log")
  }

  /// - Parameter look: `nil` once there is nobody to look after.
  private static func watch(_ look: @Sendable () async -> Void?) async {
    while !Task.isCancelled, await look() != nil {
      try? await Task.sleep(for: .milliseconds(200))  // ends early where the site is given up
    }
  }

  private func look() async {
    guard isWanted, let daemon, let status = daemon.status else { return }
    self.daemon = nil
    ended(status, log: daemon.log)
    try? await Task.sleep(for: .seconds(1))  // as RestartSec does; ends early where the site is given up
    guard isWanted, self.daemon == nil else { return }
    do { try launch() } catch { note("\(name) cannot be started: \(error)") }
  }

  /// A daemon may give up and say why, with 3; whatever else ends it is its own fault.
  private func ended(_ status: Int32, log: String) {
    let last = log.split(separator: "\n").suffix(3).joined(separator: "\n    ")
    if status == 3 || (status == 1 && log.contains("error:")) { return gaveUp = last }
    note("\(name) ended with \(status) by itself:\n    \(last)")
  }

  /// What it said when it last gave up by itself; `nil` if it has not since it was asked.
  private(set) var gaveUp: String?

  var log: String { daemon?.log ?? "" }

  /// Ends it as a crash does.
  func kill() async throws {
    guard let daemon = relinquish() else { return }
    try await daemon.crash()
  }

  /// Asks it to stop, as often as it takes.
  ///
  /// - Parameter patience: after this it is asked a second time, which ends it at once.
  func stop(patience: Duration = .seconds(90)) async throws {
    guard let daemon = relinquish() else { return }
    daemon.requestStop()
    let end = ContinuousClock.now + patience
    while daemon.status == nil, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(50)) }
    if daemon.status == nil { daemon.requestStop() }
    let last = ContinuousClock.now + .seconds(20)
    while daemon.status == nil, ContinuousClock.now < last { try await Task.sleep(for: .milliseconds(50)) }
    guard daemon.status == nil else { return }
    note("\(name) does not stop when it is asked twice")
    try await daemon.crash()
  }

  private func relinquish() -> Daemon? {
    isWanted = false
    defer { daemon = nil }
    return daemon
  }

  func suspend() { if let daemon { Glibc.kill(daemon.process, SIGSTOP) } }
  func resume() { daemon?.resume() }
  func wake() { daemon?.wake() }
}

// MARK: - Its directory

extension Site {
  /// Moves to another machine: its memory is left behind.
  func move(to machine: Machine) { self.machine = machine }

  /// The directory is somewhere else from now on. Nothing may run.
  func settle(in folder: String, seenAt place: String? = nil) { (self.folder, self.place) = (folder, place ?? folder) }

  /// Runs a command of posthorn here to its end.
  @discardableResult
  func posthorn(_ arguments: [String], common: [String]) async throws -> String {
    let command = machine.command([program] + arguments + ["--state", place] + common, showing: folder, at: place)
    let home = folder + "/.."
    return try await onThread { try run(command, environment: ["HOME": home]) }
  }

  /// A copy of the directory as it is now, made while nothing moves.
  func copy(to target: String) async throws {
    suspend()
    defer { resume() }
    try await self.snapshot(to: target)
  }

  /// The same while the daemon goes on writing: files of different moments.
  func snapshot(to target: String) async throws {
    let folder = folder
    try await onThread {
      try? FileManager.default.removeItem(atPath: target)  // there may be an older one
      // A file that goes while it is copied is no failure.
      try run(["sh", "-c", "cp -a \"$1\" \"$2\" || [ -d \"$2\" ]", "sh", folder, target])
    }
  }
}
