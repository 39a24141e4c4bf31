import CLinux
import Glibc

/// Runs gpgv, which verifies OpenPGP signatures for git and Debian too: what makes a key unusable is its business.
///
/// It gets files without a name on any disk, no environment and no home, its answer is bounded in size and time, and no shell is involved.
/// posix_spawn is all that this takes; a package for it would bring more than it saves.
struct GPGV: Sendable {
  /// Where the program is.
  let path: String

  /// What it says of a detached signature.
  ///
  /// - Throws: ``SignatureError/unsupported(_:)`` where it cannot be run, or does not end.
  func verify(_ payload: [UInt8], signature: [UInt8], keys: OpenPGPKeys) throws(SignatureError) -> OpenPGPStatus {
    let files = try [keys.ring, signature, payload].map { bytes throws(SignatureError) in try MemoryFile(bytes) }
    let names = files.indices.map { "/proc/self/fd/\(Self.firstFile + Int32($0))" }
    let arguments = [
      path, "--homedir", "/nonexistent", "--status-fd", "1", "--weak-digest", "SHA1", "--keyring", names[0], names[1], names[2],
    ]
    var pipe: [Int32] = [-1, -1]
    guard pipe2(&pipe, O_CLOEXEC) == 0 else { throw Self.failed() }
    defer { close(pipe[0]) }
    let child: pid_t
    do throws(SignatureError) { child = try spawn(arguments, files, output: pipe[1]) } catch {
      close(pipe[1])
      throw error
    }
    close(pipe[1])
    let output = Self.read(pipe[0])
    if output == nil { kill(child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    guard let output else { throw .unsupported("gpgv, which did not answer within \(Self.patience) seconds and") }
    return OpenPGPStatus(output)
  }

  /// It gets standard input and error that lead nowhere, the files from ``firstFile`` on, and no signal that is blocked or ignored.
  private func spawn(_ arguments: [String], _ files: [MemoryFile], output: Int32) throws(SignatureError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    for (index, file) in files.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, file.descriptor, Self.firstFile + Int32(index))
    }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var words = arguments.map { strdup($0) } + [nil]
    var environment: [UnsafeMutablePointer<CChar>?] = [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let error = posix_spawn(&child, path, &actions, &attributes, &words, &environment)
    guard error == 0 else { throw .unsupported("OpenPGP, and \(path.quoted) cannot be run (\(String(cString: strerror(error)))), so it") }
    return child
  }

  /// All of a short answer; `nil` where it is long or late.
  private static func read(_ descriptor: Int32) -> [UInt8]? {
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    let end = seconds() + patience
    while true {
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wait, 1, Int32(max(0, end - seconds()) * 1000))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return nil }
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return output }
      if count < 0, errno == EINTR { continue }
      guard count > 0, output.count + count <= mostOutput else { return nil }
      output += chunk.prefix(count)
    }
  }

  private static func seconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec
  }

  fileprivate static func failed() -> SignatureError {
    .unsupported("OpenPGP, and gpgv cannot be given it (\(String(cString: strerror(errno)))), so it")
  }

  /// Above those that every program has.
  private static let firstFile: Int32 = 3
  private static let patience = 20
  private static let mostOutput = 64 << 10
}

/// Bytes that another program can open as a file, without a place on any disk. Source: memfd_create(2).
private final class MemoryFile {
  let descriptor: Int32

  init(_ bytes: [UInt8]) throws(SignatureError) {
    let made = memfd_create("posthorn", 1)  // MFD_CLOEXEC
    guard made >= 0 else { throw GPGV.failed() }
    // Out of the way of the numbers that the other program gets.
    descriptor = fcntl(made, F_DUPFD_CLOEXEC, 10)
    close(made)
    guard descriptor >= 0 else { throw GPGV.failed() }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written) }
      guard count > 0 || errno == EINTR else { throw GPGV.failed() }
      written += max(0, count)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
