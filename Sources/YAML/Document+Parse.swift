import CYAML

extension Document {
  /// Turns events into nodes, refusing at the event what the format leaves out. It stops at what nothing behind can be trusted after.
  ///
  /// - Parameter bytes: what libyaml reads, which stands where the bytes of the source do.
  mutating func parse(_ source: Source, reading bytes: UnsafeBufferPointer<UInt8>) {
    var events = EventStream(bytes)
    while let event = events.next() {
      guard problems.count < Limit.problems else { return note(.tooManyProblems, at: Span(event)) }
      switch event.pointee.type {
      case YAML_STREAM_START_EVENT: continue
      case YAML_DOCUMENT_START_EVENT: continue
      case YAML_STREAM_END_EVENT:
        isComplete = true
        return
      // Not asked further: libyaml would read all directives of a next document before it tells of it.
      case YAML_DOCUMENT_END_EVENT: return finish(source, at: Mark(event.pointee.end_mark))
      case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: close(event)
      default: guard add(event) else { return }
      }
    }
    problems.append(events.failure(in: source))
  }

  private mutating func finish(_ source: Source, at end: Mark) {
    if let text = source.firstText(from: end) {
      note(.secondDocument, at: text)
    }
    isComplete = true
  }

  /// Adds a node; `false` where a limit ends the reading.
  private mutating func add(_ event: UnsafePointer<yaml_event_t>) -> Bool {
    let span = Span(event)
    guard nodes.count < Limit.nodes else { return stop(.tooManyNodes, at: span) }
    let isKey = open.last.map { nodes[Int($0)].kind == .mapping && nodes[Int($0)].children % 2 == 0 } ?? false
    if let parent = open.last { nodes[Int(parent)].children += 1 }
    switch event.pointee.type {
    case YAML_SCALAR_EVENT:
      return addScalar(event, span, isKey: isKey)
    case YAML_ALIAS_EVENT:
      note(.alias(name(event.pointee.data.alias.anchor)), at: span)
      append(.refused, .plain, span, text.count)
      return true
    default:
      let isMapping = event.pointee.type == YAML_MAPPING_START_EVENT
      let anchor = isMapping ? event.pointee.data.mapping_start.anchor : event.pointee.data.sequence_start.anchor
      let tag = isMapping ? event.pointee.data.mapping_start.tag : event.pointee.data.sequence_start.tag
      refuse(anchor: anchor, tag: tag, at: span)
      guard open.count < Limit.levels else { return stop(.tooDeep, at: span) }
      if isKey { note(.keyNotText, at: span) }
      open.append(Int32(truncatingIfNeeded: nodes.count))
      append(isMapping ? .mapping : .sequence, .plain, span, text.count)
      return true
    }
  }

  private mutating func addScalar(_ event: UnsafePointer<yaml_event_t>, _ span: Span, isKey: Bool) -> Bool {
    let scalar = event.pointee.data.scalar
    if scalar.anchor != nil || scalar.tag != nil { refuse(anchor: scalar.anchor, tag: scalar.tag, at: span) }
    let decoded = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    guard hasPairs else { return addScalar(decoded, scalar.style, span, isKey: isKey) }
    if let restored = SurrogatePairs.restored(decoded) {
      return restored.withUnsafeBufferPointer { addScalar($0, scalar.style, span, isKey: isKey) }
    }
    note(.halfCharacter, at: span)
    append(.refused, .quoted, span, text.count)
    return true
  }

  private mutating func addScalar(
    _ bytes: UnsafeBufferPointer<UInt8>, _ written: yaml_scalar_style_t, _ span: Span, isKey: Bool
  ) -> Bool {
    guard bytes.count <= Limit.scalarBytes else { return stop(.scalarTooLong, at: span) }
    guard !isKey || bytes.count <= Limit.keyBytes else { return stop(.keyTooLong, at: span) }
    let style: Node.Style
    switch written {
    case YAML_PLAIN_SCALAR_STYLE: style = .plain
    case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: style = .block
    default: style = .quoted
    }
    // Only an escape can bring in what the bytes of the file were already searched for.
    if written == YAML_DOUBLE_QUOTED_SCALAR_STYLE, let character = firstRefused(in: bytes) {
      note(.controlCharacter(character), at: span)
      append(.refused, style, span, text.count)
      return true
    }
    let start = text.count
    text.append(contentsOf: bytes)
    append(.scalar, style, span, start)
    return true
  }

  private mutating func append(_ kind: Node.Kind, _ style: Node.Style, _ span: Span, _ textStart: Int) {
    nodes.append(
      Node(
        kind: kind, style: style, span: span, textStart: Int32(truncatingIfNeeded: textStart),
        textEnd: Int32(truncatingIfNeeded: text.count), next: Int32(truncatingIfNeeded: nodes.count + 1), children: 0))
  }

  /// Ends the innermost container. A block's own end is where the next thing starts, so its last child's end is taken.
  private mutating func close(_ event: UnsafePointer<yaml_event_t>) {
    guard let index = open.popLast().map(Int.init) else { return }
    nodes[index].next = Int32(truncatingIfNeeded: nodes.count)
    let isFlow = event.pointee.start_mark.index != event.pointee.end_mark.index
    let end = isFlow ? Mark(event.pointee.end_mark) : nodes.count > index + 1 ? nodes[nodes.count - 1].span.end : nodes[index].span.end
    nodes[index].span = Span(nodes[index].span.start, end)
    if nodes[index].kind == .mapping { noteDuplicateKeys(of: NodeID(index)) }
  }

  private mutating func refuse(anchor: UnsafePointer<UInt8>?, tag: UnsafePointer<UInt8>?, at span: Span) {
    if anchor != nil { note(.anchor(name(anchor)), at: span) }
    if tag != nil { note(.tag(name(tag)), at: span) }
  }

  private mutating func stop(_ kind: Problem.Kind, at span: Span) -> Bool {
    note(kind, at: span)
    return false
  }

  /// As much of a name as a message needs.
  private func name(_ text: UnsafePointer<UInt8>?) -> String {
    guard let text else { return "" }
    return String(String(decoding: UnsafeBufferPointer(start: text, count: strnlen(text, 256)), as: UTF8.self).prefix(64))
  }
}

private func strnlen(_ text: UnsafePointer<UInt8>, _ limit: Int) -> Int {
  (0..<limit).first { text[$0] == 0 } ?? limit
}

/// The first character of decoded text that no text may contain. A carriage return counts here: it can only be an escape.
private func firstRefused(in bytes: UnsafeBufferPointer<UInt8>) -> UInt32? {
  guard bytes.contains(where: { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A || $0 >= 0x7F }) else { return nil }
  for character in String(decoding: bytes, as: UTF8.self).unicodeScalars {
    // A separator or a mark that is written as an escape was meant: it does not disturb the lines of the file.
    let isMeant = character.value == 0x2028 || character.value == 0x2029 || character.value == 0xFEFF
    if character.value == 0x0D || Source.isRefused(character.value) && !isMeant { return character.value }
  }
  return nil
}
