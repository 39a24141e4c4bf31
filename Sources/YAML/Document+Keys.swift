extension Document {
  /// Notes every key of a mapping that stood there before. Small mappings are compared pair by pair, large ones through a table.
  mutating func noteDuplicateKeys(of mapping: NodeID) {
    guard self[mapping].children > 2 else { return }
    guard self[mapping].children <= 32 else { return noteDuplicateKeysOfLargeMapping(mapping) }
    let (first, end) = (Int(mapping.index) + 1, Int(self[mapping].next))
    var key = first
    while key < end {
      if let earlier = place(of: key, from: first) {
        guard problems.count < Limit.problems else { return }
        note(.duplicateKey(string(NodeID(key)), first: nodes[earlier].span.start), at: nodes[key].span)
      }
      key = keyAfter(key)
    }
  }

  /// The first key that is the same text as the one at `key`; nil where that is itself.
  private func place(of key: Int, from first: Int) -> Int? {
    var earlier = first
    while earlier < key {
      if isSameText(NodeID(earlier), NodeID(key)) { return earlier }
      earlier = keyAfter(earlier)
    }
    return nil
  }

  private func keyAfter(_ key: Int) -> Int { Int(nodes[Int(nodes[key].next)].next) }

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
