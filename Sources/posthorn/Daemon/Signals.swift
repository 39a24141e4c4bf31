import Glibc
import Synchronization

/// The signals that a daemon lives by, taken on a thread of their own instead of in a handler, where hardly anything is allowed.
enum Signals {
  /// Prepares a process that holds secrets and a journal: files are the owner's alone, a crash dumps no memory, and the watched signals are
  /// blocked for this thread and all that it starts.
  static func prepareProcess() {
    umask(0o077)
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    signal(SIGPIPE, SIG_IGN)
    var set = watched
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Calls `reload` on SIGHUP and `stop` on the first SIGTERM or SIGINT; the second ends the process at once, which is safe: the journal
  /// knows what was under way.
  static func watch(reload: @escaping @Sendable () -> Void, stop: @escaping @Sendable () -> Void) {
    let thread = Watch(reload: reload, stop: stop)
    var handle = pthread_t()
    let status = pthread_create(
      &handle, nil,
      { context in
        if let context { Unmanaged<Watch>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, Unmanaged.passRetained(thread).toOpaque())
    precondition(status == 0, "the system gives no thread for signals")
    pthread_detach(handle)
    watcher.store(UInt(handle), ordering: .releasing)
    for number in [SIGTERM, SIGINT, SIGHUP] { forward(number) }
  }

  /// The thread that waits for signals.
  private static let watcher = Atomic<UInt>(0)

  /// The threads of Swift's own pool are there before the first line of ours and block nothing: a signal that the system hands to one of
  /// them is passed on. `pthread_kill` is one of the few calls that a handler may make (signal-safety(7)).
  private static func forward(_ number: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { pthread_kill(pthread_t(Signals.watcher.load(ordering: .acquiring)), $0) }
    action.sa_flags = SA_RESTART
    sigaction(number, &action, nil)
  }

  fileprivate static var watched: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, number) }
    return set
  }

  private final class Watch {
    let reload: @Sendable () -> Void
    let stop: @Sendable () -> Void

    init(reload: @escaping @Sendable () -> Void, stop: @escaping @Sendable () -> Void) { (self.reload, self.stop) = (reload, stop) }

    func run() {
      var set = Signals.watched
      pthread_sigmask(SIG_BLOCK, &set, nil)  // whoever started this thread may not have blocked them
      var isStopping = false
      while true {
        var number: Int32 = 0
        guard sigwait(&set, &number) == 0 else { continue }
        if number == SIGHUP { reload(); continue }
        if isStopping { Glibc._exit(ExitStatus.couldNot.rawValue) }
        isStopping = true
        stop()
      }
    }
  }
}
