/// Inputs that are nearly right: seeds with a few things changed, always in the same order.
struct Mutator {
  private var random: SplitMix
  private let inputs: [[UInt8]]

  init(seed: UInt64, inputs: [[UInt8]]) {
    random = SplitMix(state: seed)
    self.inputs = inputs
  }

  mutating func next() -> [UInt8] {
    var bytes = pick()
    for _ in 0...Int.random(in: 0..<4, using: &random) { mutate(&bytes) }
    return bytes
  }

  private mutating func pick() -> [UInt8] { inputs.randomElement(using: &random) ?? [] }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    guard let place = bytes.indices.randomElement(using: &random) else { return bytes.append(.random(in: .min ... .max, using: &random)) }
    let end = Int.random(in: place...min(bytes.count, place + 40), using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = [0, 1, 0x0A, 0x1B, 0x22, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 4: bytes.removeSubrange(place...)
    case 5: bytes.insert(contentsOf: Self.awkward.randomElement(using: &random) ?? [], at: place)
    case 6: bytes.replaceSubrange(place..<end, with: Self.awkward.randomElement(using: &random) ?? [])
    default:
      let other = pick()
      bytes.replaceSubrange(place..., with: other.dropFirst(Int.random(in: 0...other.count, using: &random)))
    }
  }

  /// Pieces that readers stumble over.
  private static let awkward: [[UInt8]] =
    [
      "\u{1B}[31m", "\u{202E}", "\u{2066}", "\u{85}", "\u{FEFF}", "\r\n", "\r", "e\u{301}", "ß", "İ", "\\u0000", "\\ud800", "&a", "*a",
      "!t", "---\n", "- ",
      "{", "[", "\"", "'", ": ", "# ", "..", "/", "\\", "%", "9223372036854775807", "-9223372036854775808", "1e400", "0x7F", "٣", "null",
    ].map { Array($0.utf8) } + [
      [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
      [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
    ]
}

/// Random numbers that are the same in every run. Source: SplitMix64.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
