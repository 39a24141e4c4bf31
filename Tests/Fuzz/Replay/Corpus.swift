import Foundation
import FuzzTargets

/// Tests/Fuzz/Corpus: a folder a target, a file an input.
enum Corpus {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Corpus").standardized

  static func folders() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }

  static func inputs(of target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
    let folder = folder.appendingPathComponent(target.name)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
      (name, Array(try Data(contentsOf: folder.appendingPathComponent(name))))
    }
  }
}
