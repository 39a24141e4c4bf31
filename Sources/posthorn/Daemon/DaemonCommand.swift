import ArgumentParser
import Engine
import Git
import Glibc
import HTTP
import Logging
import Schedule
import StateDirectory

/// `posthorn daemon`
struct DaemonCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "daemon", abstract: "Publish what is due, on time, and record it, until stopped.",
    discussion: """
      It fetches every --interval, and at once on SIGHUP, after a push (see: posthorn hooks install) and on: posthorn reconcile. \
      SIGTERM lets calls in flight end and records them.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var host: HostFlags
  @Option(help: ArgumentHelp("How often upstream is asked: 90s, 5m, 1h. (default: 60s)", valueName: "duration"))
  var interval: String?
  @Option(help: ArgumentHelp("How often platforms are asked about each account: 1h, 1d. (default: 6h)", valueName: "duration"))
  var syncInterval: String?

  func run() async throws {
    Signals.prepareProcess()
    let options = try common.resolved()
    let access = try HostAccess(host, options.host)
    let interval = try Duration.option("--interval", interval ?? options.host[.interval]) ?? .seconds(60)
    let (location, isRemembered) = try daemonLocation(options, access)
    let syncInterval = try Duration.option("--sync-interval", syncInterval ?? options.host[.syncInterval])
    let running = try EngineHost(
      options, access, location: location, interval: interval, syncInterval: syncInterval, comparesMainBranch: isRemembered)
    let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let engine = running.engine
    Signals.watch(reload: { wake.yield() }, stop: { Task { await engine.requestStop() } })
    let socket = try ControlSocket(in: running.state) { line, reply in
      switch ControlRequest(line) {
      case .reconcile:
        wake.yield()
        reply("ok: the daemon (pid \(getpid())) fetches now\n")
      case .some(let request):
        Task { reply(await request.answer(engine)) }
      case nil:
        reply("error: the daemon (pid \(getpid())) does not know this request; it may be of another version\n")
      }
    }
    defer { socket.close() }
    running.logger.notice(
      "running", metadata: ["repository": "\(location)", "branch": "\(location.branch)", "interval": "\(interval.text)"])
    let manager = ServiceManager()
    manager?.tell("READY=1")
    let watchdog = manager?.feedWatchdog(from: engine)
    let report = try await stopping { try await engine.run(wakes: wakes) }
    manager?.tell("STOPPING=1")
    watchdog?.cancel()
    await running.client.shutdown()
    running.logger.notice("stopped", metadata: report.metadata)
    if report.isRecordingStopped { throw ExitStatus.couldNot.exit }
  }

  /// A daemon that comes back asks nobody what it knows: a remote that hangs keeps nothing from going out (C9). The engine compares later.
  private func daemonLocation(_ options: ResolvedOptions, _ access: HostAccess) throws(Failure) -> (Location, isRemembered: Bool) {
    guard options.branch == nil, let known = StateLocation.mirroredBranch(options) else {
      return (try resolveLocation(options, access), false)
    }
    options.console.note("going on with \(known), as before")
    return (.remote(url: options.repo, branch: known), true)
  }
}

/// Which repository `--repo` means; a failure says what to do.
///
/// A remote whose main branch cannot be asked for now has the one that it had when it was last mirrored: what is scheduled goes out after a
/// restart too.
func resolveLocation(_ options: ResolvedOptions, _ access: HostAccess) throws(Failure) -> Location {
  let known = options.branch == nil ? StateLocation.mirroredBranch(options) : nil
  var git = access.git
  if known != nil { git.deadline = min(git.deadline, .seconds(15)) }
  do { return try Location.resolve(options.repo, branch: options.branch, access: git) } catch {
    guard let known else { throw .couldNot(error.sentence) }
    options.console.note("its main branch cannot be asked for (\(error.description.printable)); going on with \(known), as before")
    return .remote(url: options.repo, branch: known)
  }
}

/// Runs the engine; what stops it is a failure of the host.
func stopping<Value>(_ body: () async throws -> Value) async throws(Failure) -> Value {
  do { return try await body() } catch { throw .couldNot(sentence(error)) }
}
