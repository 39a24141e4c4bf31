/// Deliveries that have come to an end and stay so unless somebody arms them again: in one piece of memory, found by their post.
struct Settled: Sendable {
  private var records = PackedRecords()
  private var index = PlaceIndex()
  /// Which of several that followed one another it is.
  private(set) var generation = 0

  init() {}

  var count: Int { records.count }

  subscript(id: DeliveryID) -> Observation? { place(of: id).map { SettledRecord.observation(in: records.reader(at: $0)) } }

  /// See ``Observed/isOver(_:at:)``.
  func isOver(_ id: DeliveryID, at instant: Instant) -> Bool {
    place(of: id).map { SettledRecord.isOver(at: instant, in: records.reader(at: $0)) } ?? false
  }

  func accounts(of post: PostID) -> [AccountName] {
    var accounts: [AccountName] = []
    search(post) { place in
      accounts.append(SettledRecord.id(in: records.reader(at: place)).account)
      return false
    }
    return accounts
  }

  /// Those whose last commit point was written at `instant` or later.
  func forEach(committedSince instant: Instant, _ body: (DeliveryID, Observation) -> Void) {
    records.forEach { _, record in
      guard let committedAt = SettledRecord.committedAt(in: record), committedAt >= instant else { return }
      body(SettledRecord.id(in: record), SettledRecord.observation(in: record))
    }
  }

  /// A later generation, with more; what was there of a delivery goes.
  func adding(_ more: [DeliveryID: Observation]) -> Settled {
    let dropped = Set(more.keys.compactMap(place(of:)))
    var next = self
    if !dropped.isEmpty {
      (next.records, next.index) = (PackedRecords(), PlaceIndex(capacity: count + more.count))
      records.forEach { place, _ in if !dropped.contains(place) { next.insert(next.records.append(place, of: records)) } }
    }
    for (id, observation) in more { next.add(id, observation) }
    return next
  }

  /// Goes on to the next generation with a delivery that was not there.
  mutating func add(_ id: DeliveryID, _ observation: Observation) {
    var writer = ByteWriter()
    SettledRecord.write(id, observation, to: &writer)
    insert(records.append(writer))
    generation += 1
  }

  private mutating func insert(_ place: Place) {
    index.insert(place, of: SettledRecord.post(in: records.reader(at: place))) { [records] in SettledRecord.post(in: records.reader(at: $0))
    }
  }

  private func place(of id: DeliveryID) -> Place? {
    guard count > 0 else { return nil }
    let account = Array(id.account.text.utf8)[...]
    var found: Place?
    search(id.post) { place in
      guard SettledRecord.account(in: records.reader(at: place)) == account else { return false }
      found = place
      return true
    }
    return found
  }

  private func search(_ post: PostID, _ body: (Place) -> Bool) {
    let text = Array(post.text.utf8)[...]
    index.search(text) { SettledRecord.post(in: records.reader(at: $0)) == text && body($0) }
  }
}

extension Settled: Equatable {
  static func == (left: Settled, right: Settled) -> Bool { left.records == right.records }
}

extension Settled {
  /// - Throws: ``MalformedBytes`` for anything that ``write(to:)`` does not make.
  init(_ reader: inout ByteReader) throws(MalformedBytes) {
    records = try PackedRecords(&reader)
    index = PlaceIndex(capacity: records.count)
    var failure: MalformedBytes?
    records.forEach { place, record in
      guard failure == nil else { return }
      do throws(MalformedBytes) { try SettledRecord.check(record) } catch { return failure = error }
      insert(place)
    }
    if let failure { throw failure }
  }

  func write(to writer: inout ByteWriter) { records.write(to: &writer) }
}

/// One delivery as ``Settled`` has it: post | account | observation.
enum SettledRecord {
  static func write(_ id: DeliveryID, _ observation: Observation, to writer: inout ByteWriter) {
    writer.write(id)
    writer.write(observation)
  }

  static func post(in record: ByteReader) -> ArraySlice<UInt8> { checked(record) { reader throws(MalformedBytes) in try reader.slice() } }

  static func account(in record: ByteReader) -> ArraySlice<UInt8> {
    checked(record) { reader throws(MalformedBytes) in
      _ = try reader.slice()
      return try reader.slice()
    }
  }

  static func id(in record: ByteReader) -> DeliveryID { checked(record) { reader throws(MalformedBytes) in try reader.deliveryID() } }

  static func observation(in record: ByteReader) -> Observation {
    checked(record) { reader throws(MalformedBytes) in
      _ = try (reader.slice(), reader.slice())
      return try reader.observation()
    }
  }

  static func committedAt(in record: ByteReader) -> Instant? {
    checked(record) { reader throws(MalformedBytes) in
      _ = try (reader.slice(), reader.slice())
      return try reader.observationHead().committedAt
    }
  }

  /// What its keeper wrote behind the delivery.
  static func textBehind(_ record: ByteReader) -> ArraySlice<UInt8> {
    checked(record) { reader throws(MalformedBytes) in
      _ = try (reader.slice(), reader.slice(), reader.observation())
      return try reader.slice()
    }
  }

  /// Without what the end was like, which nobody asks for.
  static func isOver(at instant: Instant, in record: ByteReader) -> Bool {
    checked(record) { reader throws(MalformedBytes) in
      _ = try (reader.slice(), reader.slice())
      guard try reader.observationHead().scheduledAt == instant, try !reader.bool(), try reader.byte() == 4 else { return false }
      return !(try reader.slice().elementsEqual(cancelled))
    }
  }

  private static let cancelled = Array(DeliveryState.Name.cancelled.rawValue.utf8)

  /// Looks through one record, so that everybody else may rely on its form.
  static func check(_ record: ByteReader) throws(MalformedBytes) {
    var reader = record
    _ = try reader.deliveryID()
    guard try reader.observation().isSettled, reader.isAtEnd else { throw reader.malformed() }
  }

  private static func checked<Value>(_ record: ByteReader, _ body: (inout ByteReader) throws(MalformedBytes) -> Value) -> Value {
    var reader = record
    do { return try body(&reader) } catch { preconditionFailure("records are looked through when they are taken up") }
  }
}

extension Observation {
  /// Whether it has ended, and nothing follows from that by itself.
  var isSettled: Bool {
    guard case .ended(let outcome) = phase, lastIntent == nil else { return false }
    switch outcome.state {
    case .published, .delivered, .failed, .missed, .cancelled: return true
    case .scheduled, .publishing, .submitted, .retrying, .inDoubt, .held: return false
    }
  }
}
