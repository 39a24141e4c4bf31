import CLinux
import Git
import Glibc
import Synchronization

/// Notices at once when somebody moves a branch of a repository on this machine (F9).
///
/// A hint, never more: whoever is woken looks for himself, and polling goes on, so a lost event costs an interval at most. It watches the
/// folders that hold the branch, HEAD and packed-refs; git replaces those files by renaming. Source: inotify(7).
final class BranchWatch: Sendable {
  private let reader: Reader

  /// Watches, and calls `wake` on a thread of its own, until it is let go. `nil` where the system gives no watch.
  ///
  /// - Parameter gitDirectory: where HEAD and the branches are; it ends with a slash.
  init?(gitDirectory: String, branch: String, wake: @escaping @Sendable () -> Void) {
    guard let reader = Reader(gitDirectory: gitDirectory, branch: branch, wake: wake), reader.start() else { return nil }
    self.reader = reader
  }

  deinit { reader.stop() }

  /// What the thread reads from; it closes the descriptor when it ends.
  private final class Reader: Sendable {
    private let events: Int32
    private let folders: [String]
    private let names: Set<String>
    private let wake: @Sendable () -> Void
    private let watches = Mutex<Set<Int32>>([])
    private let isOver = Atomic(false)

    init?(gitDirectory: String, branch: String, wake: @escaping @Sendable () -> Void) {
      events = inotify_init1(Int32(O_CLOEXEC))
      guard events >= 0 else { return nil }
      let parts = branch.split(separator: "/")
      folders =
        ["", "refs/heads/"].map { gitDirectory + $0 }
        + parts.indices.dropFirst().map { end in
          "\(gitDirectory)refs/heads/\(parts[..<end].joined(separator: "/"))"
        }
      names = Set(["HEAD", "packed-refs"]).union(parts.map(String.init))
      self.wake = wake
    }

    deinit { close(events) }

    func start() -> Bool {
      watchFolders()
      guard watches.withLock({ !$0.isEmpty }) else { return false }
      var thread = pthread_t()
      let context = Unmanaged.passRetained(self)
      let status = pthread_create(
        &thread, nil,
        { context in
          if let context { Unmanaged<Reader>.fromOpaque(context).takeRetainedValue().run() }
          return nil
        }, context.toOpaque())
      if status == 0 { pthread_detach(thread) } else { context.release() }
      return status == 0
    }

    /// A watch that is removed is an event of its own: the thread sees it and ends.
    func stop() {
      isOver.store(true, ordering: .releasing)
      watches.withLock { for watch in $0 { inotify_rm_watch(events, watch) } }
    }

    /// Folders of a branch come and go with it; to watch one again changes nothing.
    private func watchFolders() {
      let mask = UInt32(IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE)
      for folder in folders {
        let watch = inotify_add_watch(events, folder, mask)
        if watch >= 0 { watches.withLock { _ = $0.insert(watch) } }
      }
    }

    private func run() {
      _ = linux_name_thread(pthread_self(), "branch")
      var buffer = [UInt8](repeating: 0, count: 16 << 10)
      while !isOver.load(ordering: .acquiring) {
        let count = read(events, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        guard !isOver.load(ordering: .acquiring), concerns(buffer.prefix(count)) else { continue }
        watchFolders()
        wake()
      }
    }

    /// Whether one of the events is about a file that matters, or some were lost.
    private func concerns(_ bytes: ArraySlice<UInt8>) -> Bool {
      bytes.withUnsafeBytes { bytes in
        var offset = 0
        while offset + Self.header <= bytes.count {
          let mask = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
          let length = Int(bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
          let name = bytes[(offset + Self.header)..<min(offset + Self.header + length, bytes.count)].prefix { $0 != 0 }
          if mask & UInt32(IN_Q_OVERFLOW) != 0 || names.contains(String(decoding: name, as: UTF8.self)) { return true }
          offset += Self.header + length
        }
        return false
      }
    }

    /// Watch, mask, cookie and length of `struct inotify_event`, four bytes each.
    private static let header = 16
  }
}

extension SourceRepository {
  /// Watches the branch of a repository on this machine; `nil` for one at a URL, and where it cannot be opened: reading it says why.
  nonisolated func watch(_ wake: @escaping @Sendable () -> Void) async -> BranchWatch? {
    guard location.localPath != nil, let folder = try? await commonPath() else { return nil }
    return BranchWatch(gitDirectory: folder, branch: location.branch, wake: wake)
  }

  private func commonPath() throws -> String { try opened().repository.commonPath }
}
