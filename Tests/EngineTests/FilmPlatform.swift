import Foundation
import Platforms
import Schedule
import Synchronization

/// A platform that reads the files of a post from the disk, and keeps what it was given.
final class FilmPlatform: Platform {
  static let schema = PlatformSchema(name: "films", options: [], parameters: [])
  static let readsFiles = true

  private struct State {
    var answers: [CommitResult] = []
    var shown: [[String: String]] = []
    var asked: [[String: LocalMedia]] = []
  }

  private let state = Mutex(State())

  /// What the next calls say; after the last, everything is published.
  func answer(_ answers: CommitResult...) { state.withLock { $0.answers = answers } }

  /// The content of the files, by path, of each preparation.
  var shown: [[String: String]] { state.withLock { $0.shown } }
  /// The files that each question came with.
  var asked: [[String: LocalMedia]] { state.withLock { $0.asked } }

  func prepare(_ publication: Publication, remember: @Sendable (Step) async throws -> Void) async throws(DeliveryError) -> Prepared {
    let contents = publication.files.mapValues { file in
      let bytes = FileManager.default.contents(atPath: file.path) ?? Data()
      return Int64(bytes.count) == file.size ? String(decoding: bytes, as: UTF8.self) : "\(bytes.count) bytes and not \(file.size)"
    }
    state.withLock { $0.shown.append(contents) }
    return Prepared(body: [])
  }

  func commit(_ publication: Publication, _ prepared: Prepared, within window: CallWindow) async -> CommitResult? {
    state.withLock { $0.answers.isEmpty ? .published(Remote(id: "1")) : $0.answers.removeFirst() }
  }

  func settle(_ publication: Publication, steps: [Step], committedAt: Instant, within window: CallWindow) async -> CommitResult? {
    state.withLock { $0.asked.append(publication.files) }
    return .unknown(.lost)
  }

  func confirm(_ publication: Publication, steps: [Step], remote: Remote) async -> CommitResult {
    state.withLock { $0.asked.append(publication.files) }
    return .submitted(remote)
  }
}
