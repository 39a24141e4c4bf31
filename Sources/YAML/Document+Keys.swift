extension Document {
  /// Notes every key of a mapping that stood there before. Small mappings are compared pair by pair, large ones through a table.
  mutating func noteDuplicateKeys(of mapping: NodeID) {
    guard self[mapping].children > 2 else { return }
    guard self[mapping].children <= 32 else { return noteDuplicateKeysOfLargeMapping(mapping) }
    var keys = entries(of: mapping)
    while let (key, _) = keys.next() {
      for (earlier, _) in entries(of: mapping) {
        guard earlier.index < key.index else { break }
        if isSameText(earlier, key) {
          guard problems.count < Limit.problems else { return }
          note(.duplicateKey(string(key), first: self[earlier].span.start), at: self[key].span)
          break
        }
      }
    }
  }

  private mutating func noteDuplicateKeysOfLargeMapping(_ mapping: NodeID) {
    var seen: [String: NodeID] = [:]
    for (key, _) in entries(of: mapping) where self[key].kind == .scalar {
      let text = string(key)
      if let earlier = seen[text] {
        guard problems.count < Limit.problems else { return }
        note(.duplicateKey(text, first: self[earlier].span.start), at: self[key].span)
      } else {
        seen[text] = key
      }
    }
  }

  private func isSameText(_ left: NodeID, _ right: NodeID) -> Bool {
    let (one, other) = (self[left], self[right])
    guard one.kind == .scalar, other.kind == .scalar, one.byteCount == other.byteCount else { return false }
    return text[Int(one.textStart)..<Int(one.textEnd)].elementsEqual(text[Int(other.textStart)..<Int(other.textEnd)])
  }
}
