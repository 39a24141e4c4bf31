import Foundation
import Synchronization

/// A file that lines are added to as things happen, each with its time: for people, and there whatever becomes of this program.
final class Notebook: Sendable {
  private let file: Mutex<FileHandle?>

  init(_ path: String) {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    file = Mutex(FileHandle(forWritingAtPath: path))
  }

  func write(_ line: String) {
    let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    file.withLock { $0?.write(Data("\(time) \(line)\n".utf8)) }
  }
}
