import CLinux
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A thread of its own for an actor whose calls block: git, the disk. The cooperative pool has a thread a core and must not wait.
final class ThreadExecutor: SerialExecutor {
  private let queue: Queue

  init(name: String) {
    queue = Queue()
    let context = Unmanaged.passRetained(ThreadStart(name: name, queue: queue, executor: self))
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 8 << 20)
    let status = pthread_create(&thread, &attributes, { runThread($0) }, context.toOpaque())
    pthread_attr_destroy(&attributes)
    precondition(status == 0, "the system gives no thread for \(name)")
    pthread_detach(thread)
  }

  deinit { queue.close() }

  func enqueue(_ job: consuming ExecutorJob) { queue.push(UnownedJob(job)) }
  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  /// Jobs in order, and the condition that the thread sleeps on.
  fileprivate final class Queue: Sendable {
    private let state = Mutex(State())
    private let wake = Semaphore()

    private struct State {
      var jobs: [UnownedJob] = []
      var isClosed = false
    }

    func push(_ job: UnownedJob) {
      state.withLock { $0.jobs.append(job) }
      wake.signal()
    }

    func close() {
      state.withLock { $0.isClosed = true }
      wake.signal()
    }

    /// The jobs that have come since the last call; waits for one. `nil` once closed and empty.
    func take() -> [UnownedJob]? {
      while true {
        let (jobs, isClosed) = state.withLock { state in
          defer { state.jobs.removeAll() }
          return (state.jobs, state.isClosed)
        }
        if !jobs.isEmpty { return jobs }
        if isClosed { return nil }
        wake.wait()
      }
    }
  }
}

/// What a new thread is handed: it must not keep its executor alive, or neither would ever end.
private final class ThreadStart {
  let name: String
  let queue: ThreadExecutor.Queue
  let executor: UnownedSerialExecutor

  init(name: String, queue: ThreadExecutor.Queue, executor: ThreadExecutor) {
    self.name = name
    self.queue = queue
    self.executor = UnownedSerialExecutor(ordinary: executor)
  }
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
  _ = linux_name_thread(pthread_self(), String(start.name.prefix(15)))
  while let jobs = start.queue.take() {
    for job in jobs { job.runSynchronously(on: start.executor) }
  }
  return nil
}

/// A counting semaphore of the system. It lives on the heap because its address must not change.
private final class Semaphore: Sendable {
  // The pointer is set once and the semaphore behind it is made for being shared.
  nonisolated(unsafe) private let raw = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(raw, 0, 0) }
  deinit {
    sem_destroy(raw)
    raw.deallocate()
  }

  func signal() { sem_post(raw) }
  func wait() { while sem_wait(raw) != 0 && errno == EINTR {} }
}
