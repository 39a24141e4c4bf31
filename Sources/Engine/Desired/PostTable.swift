import Git
import Schedule

/// The posts of a schedule in one piece of memory, found by their path and by their id: about a hundred bytes each, as they lie on disk.
///
/// It only ever gains posts. What changes is kept beside it, in ``Desired``, and now and then another table is made of both.
package struct PostTable: Sendable {
  private(set) var records = PackedRecords()
  private(set) var names = PostNames()
  private var byPath: PlaceIndex
  private var byID: PlaceIndex

  /// - Parameters:
  ///   - names: those of another table, whose records this one is going to have.
  ///   - capacity: how many posts are to come.
  init(names: PostNames = PostNames(), capacity: Int = 0) {
    self.names = names
    byPath = PlaceIndex(capacity: capacity)
    byID = PlaceIndex(capacity: capacity)
  }

  var count: Int { records.count }

  subscript(path: String) -> DesiredPost? { place(of: path).map { post(at: $0) } }

  /// The posts whose files claim an identity, in no order.
  func posts(of id: PostID) -> [DesiredPost] {
    var found: [DesiredPost] = []
    var text = id.text
    text.withUTF8 { text in
      byID.search(UnsafeRawBufferPointer(text)) { place in
        if PostRecord.id(in: records.reader(at: place)).elementsEqual(text) { found.append(post(at: place)) }
        return false
      }
    }
    return found
  }

  /// Adds a post that is not in it.
  mutating func add(_ post: DesiredPost) {
    var writer = ByteWriter()
    PostRecord.write(post, to: &writer, &names)
    index(records.append(writer))
  }

  /// Every post that has something to go out at `limit` or before, and every one that is not as the others: invalid, suspended, or part of
  /// a burst.
  func forEach(through limit: Instant, _ body: (DesiredPost) throws -> Void) rethrows {
    try records.forEach { place, reader in
      if PostRecord.concerns(limit, reader) { try body(post(at: place)) }
    }
  }

  func forEach(_ body: (DesiredPost) throws -> Void) rethrows {
    try records.forEach { place, _ in try body(post(at: place)) }
  }

  /// Adds the posts of the table that this one's names come from, but for those that it has itself and those at `gone`.
  mutating func add(_ others: PostTable, except gone: some Sequence<String>) {
    let dropped = Set(gone.compactMap(others.place(of:)))
    others.records.forEach { place, reader in
      guard !dropped.contains(place), self.place(of: PostRecord.path(in: reader)) == nil else { return }
      index(records.append(place, of: others.records))
    }
  }

  private mutating func index(_ place: Place) {
    byPath.insert(place, of: path(at: place)) { [records] in PostRecord.path(in: records.reader(at: $0)) }
    byID.insert(place, of: PostRecord.id(in: records.reader(at: place))) { [records] in PostRecord.id(in: records.reader(at: $0)) }
  }

  private func path(at place: Place) -> ArraySlice<UInt8> { PostRecord.path(in: records.reader(at: place)) }

  private func post(at place: Place) -> DesiredPost { PostRecord.post(in: records.reader(at: place), names) }

  private func place(of path: String) -> Place? { place(of: Array(path.utf8)[...]) }

  private func place(of path: ArraySlice<UInt8>) -> Place? {
    var found: Place?
    byPath.search(path) { place in
      guard self.path(at: place) == path else { return false }
      found = place
      return true
    }
    return found
  }
}

extension PostTable: Equatable {
  package static func == (left: PostTable, right: PostTable) -> Bool { left.records == right.records && left.names == right.names }
}

extension PostTable {
  /// - Throws: ``MalformedBytes`` for anything that ``write(to:)`` does not make.
  init(_ reader: inout ByteReader) throws(MalformedBytes) {
    let names = try PostNames(&reader)
    let records = try PackedRecords(&reader)
    self.init(names: names, capacity: records.count)
    self.records = records
    var failure: MalformedBytes?
    records.forEach { place, reader in
      guard failure == nil else { return }
      do throws(MalformedBytes) { try PostRecord.check(reader, names) } catch { return failure = error }
      index(place)
    }
    if let failure { throw failure }
  }

  func write(to writer: inout ByteWriter) {
    names.write(to: &writer)
    records.write(to: &writer)
  }
}
