import CCurl
import Glibc
import Synchronization

/// The thread on which all transfers of a client run: one libcurl multi handle.
///
/// Proof for `@unchecked Sendable`: of the multi handle, other threads use `curl_multi_wakeup` only, which libcurl allows from anywhere;
/// `active` belongs to the thread alone; the rest is behind the mutex. The handle is freed with the last reference, and the thread has one.
final class Loop: @unchecked Sendable {
  private let multi: UnsafeMutableRawPointer
  private let inbox = Mutex(Inbox())
  private var active: [UnsafeMutableRawPointer: Transfer] = [:]
  /// Connections are closed with the multi handle at the latest, so they must not be gone before.
  private let sockets: Sockets

  private struct Inbox {
    var waiting: [Transfer] = []
    var isStopping = false
    var hasEnded = false
    var onEnd: [@Sendable () -> Void] = []
  }

  /// Starts the thread. It ends after ``stop(_:)``, with the last transfer.
  static func start(_ sockets: Sockets) throws(MissingLibrary) -> Loop {
    try Library.start()
    guard let multi = curl_multi_init() else { preconditionFailure("libcurl starts unless memory has run out") }
    let loop = Loop(multi, sockets)
    loop.detachThread()
    return loop
  }

  private init(_ multi: UnsafeMutableRawPointer, _ sockets: Sockets) {
    (self.multi, self.sockets) = (multi, sockets)
    _ = posthorn_set_multi_long(multi, CURLMOPT_MAXCONNECTS, 16)  // connections that are kept open for reuse
  }

  deinit {
    curl_multi_cleanup(multi)
  }

  /// Hands a transfer over; `false` once the loop is stopping.
  func add(_ transfer: Transfer) -> Bool {
    let (isTaken, isFirst) = inbox.withLock { inbox in
      guard !inbox.isStopping else { return (false, false) }
      inbox.waiting.append(transfer)
      return (true, inbox.waiting.count == 1)
    }
    if isFirst { curl_multi_wakeup(multi) }  // the thread takes all that wait at once
    return isTaken
  }

  /// Takes nothing more; what is under way runs to its end, its deadline at the latest. Then calls `onEnd`.
  func stop(_ onEnd: @escaping @Sendable () -> Void = {}) {
    let hasEnded = inbox.withLock { inbox in
      inbox.isStopping = true
      if !inbox.hasEnded { inbox.onEnd.append(onEnd) }
      return inbox.hasEnded
    }
    if hasEnded { onEnd() } else { curl_multi_wakeup(multi) }
  }

  private func run() {
    while takeWaiting() || !active.isEmpty {
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      collect()
      if inbox.withLock({ $0.waiting.isEmpty && !($0.isStopping && active.isEmpty) }) {
        curl_multi_poll(multi, nil, 0, 60_000, nil)  // returns early at once for a wakeup, a socket, a deadline
      }
    }
    let onEnd = inbox.withLock { inbox in
      inbox.hasEnded = true
      defer { inbox.onEnd = [] }
      return inbox.onEnd
    }
    for call in onEnd { call() }
  }

  /// `false` once the loop is to end.
  private func takeWaiting() -> Bool {
    let (waiting, isStopping) = inbox.withLock { inbox in
      defer { inbox.waiting = [] }
      return (inbox.waiting, inbox.isStopping)
    }
    for transfer in waiting {
      guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
        transfer.completion(.failure(transfer.fail(.notSent(.local), "libcurl did not take the request")))
        continue
      }
      active[transfer.easy] = transfer
    }
    return !isStopping
  }

  private func collect() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      let code = posthorn_result(message)
      curl_multi_remove_handle(multi, easy)
      guard let transfer = active.removeValue(forKey: easy) else { continue }
      transfer.completion(transfer.outcome(code))
    }
  }
}

extension Loop {
  private func detachThread() {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    // Signals are for the main thread; and a write to a dead connection must not end the process.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Loop>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    precondition(status == 0, "a thread starts unless the system's limit is reached")
    pthread_detach(thread)
  }
}
