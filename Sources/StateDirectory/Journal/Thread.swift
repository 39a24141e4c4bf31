import CLinux
import Glibc

/// Runs `body` on a thread of its own, which ends with it.
///
/// The concurrency pool must never be blocked by a disk; a thread may be.
func startThread(named name: String, _ body: sending @escaping () -> Void) throws(StateError) {
  var thread = pthread_t()
  let box = Unmanaged.passRetained(ThreadBody(run: body))
  let status = pthread_create(
    &thread, nil,
    { raw in
      guard let raw else { return nil }
      Unmanaged<ThreadBody>.fromOpaque(raw).takeRetainedValue().run()
      return nil
    }, box.toOpaque())
  guard status == 0 else {
    box.release()
    throw StateError("start", "thread \(name)", .system(status))
  }
  _ = linux_name_thread(thread, name)
  pthread_detach(thread)
}

private final class ThreadBody {
  let run: () -> Void
  init(run: @escaping () -> Void) { self.run = run }
}
