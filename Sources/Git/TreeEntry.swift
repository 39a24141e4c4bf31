/// One name in a folder of a commit.
public struct TreeEntry: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case file, executable, folder, link, submodule
    case other(mode: UInt32)
  }

  /// The last part of its path; repaired with U+FFFD if it is no UTF-8, which is a ``problem``.
  public let name: String
  public let id: ObjectID
  public let kind: Kind
  /// Why nothing may be done with the entry; nil for what is sound.
  public let problem: EntryProblem?

  /// The same for a name of our own making, which is told from what stands beside it by its bytes.
  public var ownProblem: EntryProblem? { if case .collides = problem { nil } else { problem } }
}

/// What makes an entry of a tree unfit to be read: only plain files and folders with plain names, of bounded length and depth, are.
public enum EntryProblem: Error, Hashable, Sendable, CustomStringConvertible {
  case link, submodule
  case mode(UInt32)
  case notUTF8, controlCharacter, backslash, reservedName, emptyName, slash
  case nameTooLong, pathTooLong, tooDeep
  /// Another entry of the folder differs only in case or in Unicode composition.
  case collides(with: String)
  /// The folder has the name twice.
  case duplicate

  public static let longestName = 255
  public static let longestPath = 1024
  public static let deepest = 16

  public var description: String {
    switch self {
    case .link: "a symbolic link; commit the file itself"
    case .submodule: "a submodule; commit the files themselves"
    case .mode(let mode): "of mode \(String(mode, radix: 8)); 100644, 100755 and 040000 are accepted"
    case .notUTF8: "named with bytes that are no UTF-8"
    case .controlCharacter: "named with a control character"
    case .backslash: "named with a backslash"
    case .reservedName: "named . or .. or .git"
    case .emptyName: "without a name"
    case .slash: "named with a slash"
    case .nameTooLong: "named with more than \(Self.longestName) bytes"
    case .pathTooLong: "at a path of more than \(Self.longestPath) bytes"
    case .tooDeep: "more than \(Self.deepest) folders deep"
    case .collides(let other): "the same name as \(printable(other)) on a system that ignores case or Unicode composition"
    case .duplicate: "listed twice in its folder"
    }
  }
}

extension EntryProblem {
  /// What is wrong with `name` by itself.
  init?(inName name: UnsafeRawBufferPointer) {
    guard !name.isEmpty else { self = .emptyName; return }
    guard name.count <= Self.longestName else { self = .nameTooLong; return }
    if Self.isPlain(name) { return nil }
    guard let text = String(validating: name, as: UTF8.self) else { self = .notUTF8; return }
    switch text.lowercased() {
    case ".", "..", ".git": self = .reservedName
    case let text where text.utf8.contains(UInt8(ascii: "\\")): self = .backslash
    case let text where text.utf8.contains(UInt8(ascii: "/")): self = .slash
    case let text where text.unicodeScalars.contains { $0.properties.generalCategory == .control }: self = .controlCharacter
    default: return nil
    }
  }

  /// Letters, digits, `_`, `-`, and dots behind them: nearly every name, told in one look.
  private static func isPlain(_ name: UnsafeRawBufferPointer) -> Bool {
    name[0] != UInt8(ascii: ".")
      && name.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
      }
  }

  init?(inKind kind: TreeEntry.Kind) {
    switch kind {
    case .file, .executable, .folder: return nil
    case .link: self = .link
    case .submodule: self = .submodule
    case .other(let mode): self = .mode(mode)
    }
  }
}

extension TreeEntry.Kind {
  /// As git writes it in trees and indexes.
  var mode: UInt32 {
    switch self {
    case .file: 0o100644
    case .executable: 0o100755
    case .folder: 0o040000
    case .link: 0o120000
    case .submodule: 0o160000
    case .other(let mode): mode
    }
  }

  init(mode: UInt32) {
    self =
      switch mode {
      case 0o100644: .file
      case 0o100755: .executable
      case 0o040000: .folder
      case 0o120000: .link
      case 0o160000: .submodule
      default: .other(mode: mode)
      }
  }
}
