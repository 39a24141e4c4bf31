/// Everything that is left to chance, from one seed: the same question gets the same answer, whoever asks it when.
struct Chance: Sendable {
  let seed: UInt64

  /// The chances of a part, which its questions are not to be mixed up with those of others.
  func of(_ part: String) -> Chance { Chance(seed: hash(part)) }

  /// A number from 0 up to 1.
  func unit(_ question: String) -> Double { Double(hash(question) >> 11) / Double(1 << 53) }

  /// Whether something happens that happens this often.
  func happens(_ share: Double, _ question: String) -> Bool { unit(question) < share }

  func number(in range: ClosedRange<Double>, _ question: String) -> Double {
    range.lowerBound + unit(question) * (range.upperBound - range.lowerBound)
  }

  func seconds(_ range: ClosedRange<Double>, _ question: String) -> Duration { .milliseconds(Int(number(in: range, question) * 1000)) }

  func pick<Value>(_ values: [Value], _ question: String) -> Value { values[Int(unit(question) * Double(values.count))] }

  /// The same values in another order.
  func shuffled<Value>(_ values: [Value], _ question: String) -> [Value] {
    values.indices.sorted { unit("\(question) \($0)") < unit("\(question) \($1)") }.map { values[$0] }
  }

  private func hash(_ question: String) -> UInt64 {
    var hash = seed ^ 0xCBF2_9CE4_8422_2325
    for byte in question.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }  // FNV-1a
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9  // and the end of SplitMix64, for the high bits
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31)
  }
}
