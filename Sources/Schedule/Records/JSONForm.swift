/// Something that is written as a JSON object: it names its members once, and they become a value or, in a tenth of the time, the bytes of its
/// file.
protocol JSONForm {
  /// Adds every member, in the order of their keys.
  func add(to members: inout some Members & ~Copyable)
}

/// What takes the members of objects.
protocol Members: ~Copyable {
  mutating func add(_ key: StaticString, _ text: String?)
  mutating func add(_ key: StaticString, _ number: Int)
  mutating func add(_ key: StaticString, _ instant: Instant?)
  mutating func add(_ key: StaticString, _ object: (some JSONForm)?)
  mutating func add(_ key: StaticString, _ objects: [some JSONForm])
}

extension JSONForm {
  func value() -> JSON {
    var members = MemberValues()
    add(to: &members)
    return .object(members.values)
  }

  /// What ``JSON/bytes()`` makes of the value.
  func valueBytes() -> [UInt8] {
    var members = MemberBytes()
    members.write(self)
    return members.finished()
  }
}

private struct MemberValues: Members {
  var values: [String: JSON] = [:]

  mutating func add(_ key: StaticString, _ text: String?) { values[key.description] = JSON(text) }
  mutating func add(_ key: StaticString, _ number: Int) { values[key.description] = JSON(number) }
  mutating func add(_ key: StaticString, _ instant: Instant?) { values[key.description] = JSON(instant) }
  mutating func add(_ key: StaticString, _ object: (some JSONForm)?) { values[key.description] = object?.value() ?? .null }
  mutating func add(_ key: StaticString, _ objects: [some JSONForm]) { values[key.description] = .array(objects.map { $0.value() }) }
}

private struct MemberBytes: Members, ~Copyable {
  private var writer = JSONWriter(isIndented: true)
  private var level = 0
  /// Whether the object at hand has no member yet.
  private var isEmpty = true

  mutating func write(_ object: some JSONForm) {
    writer.open(.object)
    (level, isEmpty) = (level + 1, true)
    object.add(to: &self)
    level -= 1
    writer.close(.object, isEmpty: isEmpty, level: level)
    isEmpty = false
  }

  mutating func finished() -> [UInt8] {
    writer.endFile()
    return writer.bytes
  }

  mutating func add(_ key: StaticString, _ text: String?) {
    begin(key)
    if let text { writer.write(text) } else { writer.writeNull() }
  }

  mutating func add(_ key: StaticString, _ number: Int) {
    begin(key)
    writer.write(Int64(number))
  }

  mutating func add(_ key: StaticString, _ instant: Instant?) {
    begin(key)
    if let instant { writer.write(instant) } else { writer.writeNull() }
  }

  mutating func add(_ key: StaticString, _ object: (some JSONForm)?) {
    begin(key)
    if let object { write(object) } else { writer.writeNull() }
  }

  mutating func add(_ key: StaticString, _ objects: [some JSONForm]) {
    begin(key)
    writer.open(.array)
    level += 1
    for (place, object) in objects.enumerated() {
      writer.separate(first: place == 0, level: level)
      write(object)
    }
    level -= 1
    writer.close(.array, isEmpty: objects.isEmpty, level: level)
  }

  private mutating func begin(_ key: StaticString) {
    writer.separate(first: isEmpty, level: level)
    writer.write(key: key)
    isEmpty = false
  }
}
