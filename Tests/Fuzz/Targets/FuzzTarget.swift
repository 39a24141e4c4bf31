/// One reader of bytes that others wrote, and what must hold whatever the bytes are. A trap is a finding too, and so is taking long.
public struct FuzzTarget: Sendable, CustomStringConvertible {
  /// Also the name of its folder in the corpus.
  public let name: String
  /// - Throws: ``Finding`` where something does not hold.
  public let run: @Sendable (_ bytes: [UInt8]) throws -> Void

  init(_ name: String, _ run: @escaping @Sendable (_ bytes: [UInt8]) throws -> Void) {
    self.name = name
    self.run = run
  }

  public var description: String { name }

  public static let all: [FuzzTarget] = content + exchange + records + state + journal + network + host + signatures + media
}

/// A rule that does not hold for some input.
public struct Finding: Error, CustomStringConvertible {
  public let description: String
}

func expect(_ holds: Bool, _ rule: @autoclosure () -> String) throws(Finding) {
  if !holds { throw Finding(description: rule()) }
}

/// Whether a terminal shows all of `text` as it is: no control but the line end, nothing that turns the direction of text.
///
/// Written down apart from the product's own list, so that a hole in that one shows.
func isClean(_ text: String) -> Bool {
  text.unicodeScalars.allSatisfy { scalar in
    switch scalar.value {
    case 0x0A: true
    case 0...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: false
    default: true
    }
  }
}

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
