import Foundation
import Glibc

/// The programs that this one started.
enum Children {
  /// Has them end when this program is asked to: each has a process group of its own, and nobody else would end it.
  static func endWithUs() -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        for process in all { kill(-process, SIGKILL) }
        exit(128 + number)
      }
      source.resume()
      return source
    }
  }

  private static var all: [pid_t] {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []  // one may just have ended
    return threads.flatMap { thread in
      let children = (try? String(contentsOfFile: "/proc/self/task/\(thread)/children", encoding: .utf8)) ?? ""
      return children.split(separator: " ").compactMap { pid_t($0) }
    }
  }
}
