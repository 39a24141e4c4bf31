import Schedule
import Testing

@Suite("Many records in one piece of memory")
struct PackedRecordsTests {
  private func record(_ text: String) -> ByteWriter {
    var writer = ByteWriter()
    writer.write(text)
    return writer
  }

  private func packed(_ texts: [String]) -> PackedRecords {
    var records = PackedRecords()
    for text in texts { records.append(record(text)) }
    return records
  }

  private func texts(_ records: PackedRecords) throws -> [String] {
    var texts: [String] = []
    try records.forEach { _, reader in texts.append(try reader.string()) }
    return texts
  }

  private func bytes(_ records: PackedRecords) -> [UInt8] {
    var writer = ByteWriter()
    writer.write("before")
    records.write(to: &writer)
    return writer.bytes
  }

  private func read(_ bytes: [UInt8]) throws -> PackedRecords {
    var reader = ByteReader(bytes)
    _ = try reader.string()
    let records = try PackedRecords(&reader)
    guard reader.isAtEnd else { throw reader.malformed() }
    return records
  }

  @Test(
    "They come back in the order in which they were added",
    arguments: [[], [""], ["one"], ["b", "a", String(repeating: "long", count: 100)]])
  func order(wanted: [String]) throws {
    #expect(try texts(packed(wanted)) == wanted)
    #expect(try texts(read(bytes(packed(wanted)))) == wanted)
  }

  @Test("To those that were read from a file others can be added, which stay where they are")
  func addingToRead() throws {
    var records = try read(bytes(packed(["a", "b"])))
    let place = records.append(record("c"))
    var reader = records.reader(at: place)
    #expect(try reader.string() == "c")
    #expect(try texts(records) == ["a", "b", "c"])
    #expect(records.count == 3)
  }

  @Test("One that is taken over from others is the same")
  func takingOver() throws {
    let others = packed(["a", "b"])
    var places: [Place] = []
    others.forEach { place, _ in places.append(place) }
    var records = PackedRecords()
    records.append(places[1], of: others)
    #expect(try texts(records) == ["b"])
  }

  @Test("Bytes that are cut anywhere, or have another number of records, are refused")
  func cut() {
    let bytes = bytes(packed(["one", "two"]))
    for length in 0..<bytes.count { #expect(throws: MalformedBytes.self) { try read(Array(bytes.prefix(length))) } }
    var miscounted = bytes
    miscounted[7] = 6  // three
    #expect(throws: MalformedBytes.self) { try read(miscounted) }
  }

  @Test("A record is found by its text among thousands, and several by the same")
  func finding() throws {
    var (records, index) = (PackedRecords(), PlaceIndex())
    let textAt = { (place: Place, records: PackedRecords) -> ArraySlice<UInt8> in
      var reader = records.reader(at: place)
      return (try? reader.slice()) ?? []  // an empty one is found by no test
    }
    for number in 0..<5000 {
      let place = records.append(record("post-\(number % 4000)"))
      index.insert(place, of: textAt(place, records)) { [records] in textAt($0, records) }
    }
    func found(_ text: String) -> Int {
      let wanted = Array(text.utf8)[...]
      var count = 0
      index.search(wanted) { place in
        if textAt(place, records) == wanted { count += 1 }
        return false
      }
      return count
    }
    #expect(found("post-3999") == 1)
    #expect(found("post-17") == 2)
    #expect(found("post-4000") == 0)
  }
}
