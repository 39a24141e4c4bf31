import Git
import Schedule

/// What many posts have in common, by number. A number keeps its meaning for as long as there are records that use it.
struct PostNames: Equatable, Sendable {
  var commits = Numbered<ObjectID>()
  var accounts = Numbered<AccountName>()
  /// Platforms, zones, reasons, bursts.
  var texts = Numbered<String>()
}

/// Values that have numbers, counted from 0.
struct Numbered<Value: Hashable & Sendable>: Equatable, Sendable {
  private(set) var values: [Value] = []
  private var numbers: [Value: Int] = [:]

  var count: Int { values.count }

  subscript(number: Int) -> Value { values[number] }

  /// The number of a value, which it gets now if it has none.
  mutating func number(_ value: Value) -> Int {
    if let number = numbers[value] { return number }
    numbers[value] = values.count
    values.append(value)
    return values.count - 1
  }
}

extension PostNames {
  init(_ reader: inout ByteReader) throws(MalformedBytes) {
    for _ in 0..<(try reader.count()) {
      guard let commit = ObjectID(bytes: try reader.slice()) else { throw reader.malformed() }
      _ = commits.number(commit)
    }
    for _ in 0..<(try reader.count()) { _ = accounts.number(try reader.account()) }
    for _ in 0..<(try reader.count()) { _ = texts.number(try reader.string()) }
  }

  func write(to writer: inout ByteWriter) {
    writer.write(all: commits.values) { $0.write($1.bytes[...]) }
    writer.write(all: accounts.values) { $0.write($1.text) }
    writer.write(all: texts.values) { $0.write($1) }
  }
}
