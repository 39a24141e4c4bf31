import Foundation
import Glibc

/// What a power cut leaves of a folder in which a program worked under ``Faults/tracing(_:below:)``.
///
/// Files forget what was not flushed, in whole or in part and in any order; a folder forgets the newest of the changes to its names that were not
/// flushed, as file systems with a journal do.
public struct PowerCut {
  private enum Node {
    case file(UInt64)
    case folder
  }

  private enum Change {
    case write(at: Int, [UInt8])
    case cut(Int)
  }

  private struct File {
    var flushed: [UInt8] = []
    var pending: [Change] = []
  }

  private struct Folder {
    var flushed: [String: Node] = [:]
    /// Names that change together; `nil` is gone.
    var pending: [[String: Node?]] = []

    var names: [String: Node] { Self.names(flushed, pending[...]) }

    static func names(_ flushed: [String: Node], _ changes: ArraySlice<[String: Node?]>) -> [String: Node] {
      var names = flushed
      for change in changes { for (name, node) in change { names[name] = node } }
      return names
    }
  }

  private let root: String
  private var files: [UInt64: File] = [:]
  private var folders: [String: Folder] = [:]

  /// Notes what is in `root`, all of it taken for flushed.
  public init(of root: String) throws {
    self.root = root
    folders[root] = Folder()
    guard let names = FileManager.default.enumerator(atPath: root) else { return }
    for case let name as String in names {
      let path = "\(root)/\(name)"
      var facts = stat()
      guard lstat(path, &facts) == 0 else { continue }
      let isFolder = facts.st_mode & S_IFMT == S_IFDIR
      if isFolder { folders[path] = Folder() } else { files[UInt64(facts.st_ino)] = File(flushed: try Self.bytes(path)) }
      folders[Self.parent(path)]?.flushed[Self.name(path)] = isFolder ? .folder : .file(UInt64(facts.st_ino))
    }
  }

  /// Takes in what was done, in its order.
  public mutating func replay(_ trace: String) throws {
    var rest = try Self.bytes(trace)[...]
    while let end = rest.firstIndex(of: 0x0A) {
      let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ", maxSplits: 2).map(String.init)
      rest = rest[(end + 1)...]
      switch words[0] {
      case "write":
        let numbers = words[2].split(separator: " ").compactMap { Int($0) }
        files[Self.number(words[1]), default: File()].pending.append(.write(at: numbers[0], Array(rest.prefix(numbers[1]))))
        rest = rest.dropFirst(numbers[1])
      case "cut": files[Self.number(words[1]), default: File()].pending.append(.cut(Int(words[2]) ?? 0))
      case "flush":
        let inode = Self.number(words[1])
        files[inode] = files[inode].map { File(flushed: Self.replayed($0) { _, change in change }) }
      case "create":
        // A number that a removed file had is another file's now; a link keeps its content.
        let inode = Self.number(words[1])
        if !isNamed(inode) { files[inode] = File() }
        change(words[2], to: .file(inode))
      case "mkdir":
        folders[words[1]] = Folder()
        change(words[1], to: .folder)
      case "unlink": change(words[1], to: nil)
      case "rename":
        let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
        let after = String(decoding: rest[..<end], as: UTF8.self)
        rest = rest[min(end + 1, rest.endIndex)...]
        folders[Self.parent(after)]?.pending.append([Self.name(words[2]): nil, Self.name(after): .file(Self.number(words[1]))])
      case "flush-folder":
        folders[words[1]] = folders[words[1]].map { Folder(flushed: $0.names) }
      default: throw Overdue(description: "the trace says \(words)")
      }
    }
  }

  /// Puts what is left in the folder's place. `seed` decides what is forgotten; nil forgets everything that may be.
  public func apply(seed: UInt64?) throws {
    try FileManager.default.removeItem(atPath: root)
    var chance = seed.map { Chance(state: $0) }
    try write(root, &chance)
  }

  private func write(_ path: String, _ chance: inout Chance?) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    guard let folder = folders[path] else { return }
    let kept = chance?.upTo(folder.pending.count) ?? 0
    for (name, node) in Folder.names(folder.flushed, folder.pending.prefix(kept)).sorted(by: { $0.key < $1.key }) {
      switch node {
      case .folder: try write("\(path)/\(name)", &chance)
      case .file(let inode):
        let left = files[inode].map { remains(of: $0, &chance) } ?? []
        try Data(left).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(path)/\(name)")
      }
    }
  }

  private func remains(of file: File, _ chance: inout Chance?) -> [UInt8] {
    guard var dice = chance else { return file.flushed }
    defer { chance = dice }
    let kept = dice.upTo(file.pending.count)
    return Self.replayed(file) { index, change in
      guard index >= kept, case .write(let place, var bytes) = change else { return index < kept ? change : nil }
      // After the first that is forgotten, sectors of the others may have reached the disk all the same, or only the file's length.
      switch dice.upTo(3) {
      case 0:
        for start in stride(from: 0, to: bytes.count, by: 512) where dice.upTo(1) == 0 {
          for index in start..<min(start + 512, bytes.count) { bytes[index] = 0 }
        }
        return .write(at: place, bytes)
      case 1: return .write(at: place, Array(bytes.prefix(dice.upTo(bytes.count))))
      default: return nil
      }
    }
  }

  private static func replayed(_ file: File, keeping: (Int, Change) -> Change?) -> [UInt8] {
    var content = file.flushed
    for (index, change) in file.pending.enumerated() {
      switch keeping(index, change) {
      case .write(let place, let bytes)?:
        if content.count < place + bytes.count { content += Array(repeating: 0, count: place + bytes.count - content.count) }
        content.replaceSubrange(place..<place + bytes.count, with: bytes)
      case .cut(let size)?: content = Array(content.prefix(size)) + Array(repeating: 0, count: max(0, size - content.count))
      case nil: break
      }
    }
    return content
  }

  private func isNamed(_ inode: UInt64) -> Bool {
    folders.values.contains { folder in
      folder.names.values.contains { node in
        if case .file(inode) = node { true } else { false }
      }
    }
  }

  private mutating func change(_ path: String, to node: Node?) {
    folders[Self.parent(path)]?.pending.append([Self.name(path): node])
  }

  private static func number(_ text: String) -> UInt64 { UInt64(text) ?? 0 }
  private static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
  private static func parent(_ path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }
  private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }
}

/// Numbers that a seed decides. SplitMix64.
private struct Chance {
  var state: UInt64

  /// From 0 to `most`, both included.
  mutating func upTo(_ most: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((bits ^ (bits >> 31)) % UInt64(most + 1))
  }
}
