import Glibc

/// A process of ours: started with files for its streams, ended by its id, measured by `wait4`.
struct Child {
  let pid: pid_t
  private let started: Int64

  /// Files; what is not named goes to and comes from `/dev/null`.
  struct Streams {
    var input = "/dev/null"
    var output = "/dev/null"
    var errors = "/dev/null"
  }

  /// - Parameters:
  ///   - command: the program, found on PATH, and its arguments.
  ///   - environment: `NAME=value` beyond what every process of ours gets.
  init(_ command: [String], _ streams: Streams = Streams(), environment: [String] = []) throws(BenchFailure) {
    let name = command.first ?? ""
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, streams.input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, streams.output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, streams.errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // What this program ignores is nothing for others.
    var (attributes, signals) = (posix_spawnattr_t(), sigset_t())
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var id = pid_t()
    started = Clocks.steady
    let status = withCStrings(command) { arguments in
      withCStrings(Self.environment + environment) { posix_spawnp(&id, name, &actions, &attributes, arguments, $0) }
    }
    guard status == 0 else { throw BenchFailure("cannot start \(name): \(String(cString: strerror(status)))") }
    pid = id
  }

  /// How a process ended, and what it and the children that it waited for have used.
  struct Exit {
    /// The exit code; minus the number of the signal that ended it.
    var status: Int32
    /// Seconds.
    var wall: Double
    var processor: Double
    /// Bytes of the largest of its processes. Never below what this program has used itself: Linux counts from before `exec`.
    var peak: Int
  }

  func wait() -> Exit {
    var raw: Int32 = 0
    var usage = rusage()
    while wait4(pid, &raw, 0, &usage) < 0, errno == EINTR {}
    return exit(raw, usage)
  }

  /// How it ended; `nil` while it runs.
  func poll() -> Exit? {
    var raw: Int32 = 0
    var usage = rusage()
    return wait4(pid, &raw, WNOHANG, &usage) == pid ? exit(raw, usage) : nil
  }

  /// Asks it to end (SIGTERM), and ends it when it has not after `patience` seconds.
  func stop(patience: Double) -> Exit {
    kill(pid, SIGTERM)
    let deadline = Clocks.steady + Int64(patience * 1e9)
    while Clocks.steady < deadline {
      if let exit = poll() { return exit }
      Clocks.sleep(milliseconds: 5)
    }
    kill(pid, SIGKILL)
    return wait()
  }

  private func exit(_ raw: Int32, _ usage: rusage) -> Exit {
    let signal = raw & 0x7F
    return Exit(
      status: signal == 0 ? (raw >> 8) & 0xFF : -signal, wall: Clocks.seconds(Clocks.steady - started),
      processor: Self.duration(usage.ru_utime) + Self.duration(usage.ru_stime), peak: Int(usage.ru_maxrss) * 1024)
  }

  private static func duration(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  /// Nobody's configuration, and no option of the product.
  private static let environment: [String] = [
    "PATH=" + (getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"),
    "HOME=" + (getenv("HOME").map { String(cString: $0) } ?? "/nonexistent"),
    "TZ=UTC", "LC_ALL=C.UTF-8", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
  ]
}

extension Child {
  /// Runs a command to its end; its standard output without the last newline.
  @discardableResult
  static func run(_ command: [String], in folder: TemporaryFolder, input: String = "/dev/null") throws(BenchFailure) -> String {
    let (output, errors) = (folder.path("output"), folder.path("errors"))
    unlink(errors)
    let exit = try Child(command, Streams(input: input, output: output, errors: errors)).wait()
    guard exit.status == 0 else {
      let said = (try? Files.text(errors)) ?? ""  // the status alone says that it failed
      throw BenchFailure("\(command.joined(separator: " ")) ended with \(exit.status): \(said.suffix(2000))")
    }
    let text = try Files.text(output)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}

/// Calls `body` with what C's `argv` and `environ` are made of.
private func withCStrings<Result>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
  let pointers = texts.map { strdup($0) }
  defer { for pointer in pointers { free(pointer) } }
  return body(pointers + [nil])
}
