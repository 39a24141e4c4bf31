import Git
import Schedule

/// A post in the form that it has in a ``PostTable``:
///
///     whether it is odd 1 | earliest instant | path | id, none where it is the path's stem | blob | source | problem | what it repeats | blocked | deliveries
///
/// Commits, accounts and short texts are numbers of ``PostNames``.
enum PostRecord {
  static func write(_ post: DesiredPost, to writer: inout ByteWriter, _ names: inout PostNames) {
    writer.write(post.isOdd)
    writer.write(post.deliveries.map(\.scheduledAt).min() ?? .distantFuture)
    writer.write(post.path)
    writer.write(stem(of: Array(post.path.utf8)[...]).elementsEqual(post.id.text.utf8) ? "" : post.id.text)
    writer.write(post.blob.bytes[...])
    writer.write(names.commits.number(post.source))
    writer.write(post.problem) { $0.write($1) }
    writer.write(post.repeats) { $0.write($1.text) }
    writer.write(all: post.blocked) { $0.write(names.accounts.number($1)) }
    writer.write(all: post.deliveries) { write($1, to: &$0, &names) }
  }

  private static func write(_ delivery: DesiredDelivery, to writer: inout ByteWriter, _ names: inout PostNames) {
    writer.write(names.accounts.number(delivery.account))
    writer.write(names.texts.number(delivery.platform))
    writer.write(delivery.scheduledAt)
    writer.write(names.texts.number(delivery.timezone))
    writer.write(delivery.grace)
    writer.write(delivery.suspension) { writer, suspension in
      writer.write(suspension.reason) { $0.write(names.texts.number($1)) }
      writer.write(suspension.until) { $0.write($1) }
    }
    writer.write(delivery.burst) { $0.write(names.texts.number($1)) }
    writer.write(delivery.said.number)
    writer.write(all: delivery.renames) { writer, renaming in
      writer.write(renaming.old)
      writer.write(renaming.scheduledAt)
      writer.write(renaming.isMove)
    }
  }

  /// Whether a post has something to go out at `limit` or before, or is odd.
  static func concerns(_ limit: Instant, _ record: ByteReader) -> Bool {
    checked(record) { reader throws(MalformedBytes) in
      let (isOdd, earliest) = (try reader.bool(), try reader.instant())
      return isOdd || earliest <= limit
    }
  }

  static func path(in record: ByteReader) -> ArraySlice<UInt8> {
    checked(record) { reader throws(MalformedBytes) in try path(&reader) }
  }

  static func id(in record: ByteReader) -> ArraySlice<UInt8> {
    checked(record) { reader throws(MalformedBytes) in
      let path = try path(&reader)
      return try id(&reader, path)
    }
  }

  static func post(in record: ByteReader, _ names: PostNames) -> DesiredPost {
    checked(record) { reader throws(MalformedBytes) in try post(&reader, names) }
  }

  /// Looks through one record, so that everybody else may rely on its form.
  static func check(_ record: ByteReader, _ names: PostNames) throws(MalformedBytes) {
    var reader = record
    let path = try path(&reader)
    guard PostID.isValid(try id(&reader, path)), try reader.slice().count == 20 else { throw reader.malformed() }
    try reader.skip(numberOf: names.commits)
    if try reader.bool() { _ = try reader.slice() }
    if try reader.bool(), !PostID.isValid(try reader.slice()) { throw reader.malformed() }
    for _ in 0..<(try reader.count()) { try reader.skip(numberOf: names.accounts) }
    for _ in 0..<(try reader.count()) { try skipDelivery(&reader, names) }
    guard reader.isAtEnd else { throw reader.malformed() }
  }

  private static func skipDelivery(_ reader: inout ByteReader, _ names: PostNames) throws(MalformedBytes) {
    try reader.skip(numberOf: names.accounts)
    try reader.skip(numberOf: names.texts)
    _ = try reader.instant()
    try reader.skip(numberOf: names.texts)
    _ = try reader.duration()
    if try reader.bool() {
      if try reader.bool() { try reader.skip(numberOf: names.texts) }
      if try reader.bool() { _ = try reader.instant() }
    }
    if try reader.bool() { try reader.skip(numberOf: names.texts) }
    _ = try reader.int64()
    for _ in 0..<(try reader.count()) { _ = (try reader.deliveryID(), try reader.instant(), try reader.bool()) }
  }

  private static func checked<Value>(_ record: ByteReader, _ body: (inout ByteReader) throws(MalformedBytes) -> Value) -> Value {
    var reader = record
    do { return try body(&reader) } catch { preconditionFailure("records are looked through when they are taken up") }
  }

  private static func path(_ reader: inout ByteReader) throws(MalformedBytes) -> ArraySlice<UInt8> {
    _ = try reader.bool()
    _ = try reader.instant()
    return try reader.slice()
  }

  private static func id(_ reader: inout ByteReader, _ path: ArraySlice<UInt8>) throws(MalformedBytes) -> ArraySlice<UInt8> {
    let own = try reader.slice()
    return own.isEmpty ? stem(of: path) : own
  }

  private static func post(_ reader: inout ByteReader, _ names: PostNames) throws(MalformedBytes) -> DesiredPost {
    let path = try path(&reader)
    let id = PostID(String(decoding: try id(&reader, path), as: UTF8.self))
    guard let id, let blob = ObjectID(bytes: try reader.slice()) else { throw reader.malformed() }
    let source = try reader.value(of: names.commits)
    let problem = try reader.optional { reader throws(MalformedBytes) in String(decoding: try reader.slice(), as: UTF8.self) }
    let repeats = try reader.optional { reader throws(MalformedBytes) in PostID(try reader.string()) } ?? nil
    let blocked = try reader.array { reader throws(MalformedBytes) in try reader.value(of: names.accounts) }
    let deliveries = try reader.array { reader throws(MalformedBytes) in try delivery(&reader, names) }
    return DesiredPost(
      path: String(decoding: path, as: UTF8.self), id: id, blob: blob, source: source, deliveries: deliveries, blocked: blocked,
      problem: problem, repeats: repeats)
  }

  private static func delivery(_ reader: inout ByteReader, _ names: PostNames) throws(MalformedBytes) -> DesiredDelivery {
    DesiredDelivery(
      account: try reader.value(of: names.accounts), platform: try reader.value(of: names.texts), scheduledAt: try reader.instant(),
      timezone: try reader.value(of: names.texts), grace: try reader.duration(),
      suspension: try reader.optional { reader throws(MalformedBytes) in
        Suspended(
          reason: try reader.optional { reader throws(MalformedBytes) in try reader.value(of: names.texts) },
          until: try reader.optional { reader throws(MalformedBytes) in try reader.instant() })
      },
      burst: try reader.optional { reader throws(MalformedBytes) in try reader.value(of: names.texts) },
      said: Said(number: try reader.int64()),
      renames: try reader.array { reader throws(MalformedBytes) in
        Renaming(old: try reader.deliveryID(), scheduledAt: try reader.instant(), isMove: try reader.bool())
      })
  }

  private static func stem(of path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let name = path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.startIndex)...]
    return name[..<(name.lastIndex(of: UInt8(ascii: ".")) ?? name.endIndex)]
  }
}

extension DesiredPost {
  /// Whether it is held, or may be.
  fileprivate var isOdd: Bool {
    problem != nil || !blocked.isEmpty || deliveries.contains { $0.suspension != nil || $0.burst != nil || !$0.renames.isEmpty }
  }
}

extension ByteReader {
  fileprivate mutating func value<Value>(of values: Numbered<Value>) throws(MalformedBytes) -> Value {
    let number = try int()
    guard (0..<values.count).contains(number) else { throw malformed() }
    return values[number]
  }

  fileprivate mutating func skip<Value>(numberOf values: Numbered<Value>) throws(MalformedBytes) {
    guard (0..<values.count).contains(try int()) else { throw malformed() }
  }
}
