/// Where a record lies in ``PackedRecords``.
public struct Place: Hashable, Sendable {
  let offset: UInt32
}

/// Many records one after another in one piece of memory, as ``ByteWriter`` writes them: a million of them cost their bytes, and nothing
/// has to be taken apart to take them up from a file. A record never changes.
///
/// It holds 4 GiB at most.
public struct PackedRecords: Equatable, Sendable {
  private var bytes: ArraySlice<UInt8>
  public private(set) var count: Int

  public init() {
    bytes = []
    count = 0
  }

  @discardableResult
  public mutating func append(_ record: ByteWriter) -> Place { append(record.bytes[...]) }

  /// Takes over a record of others as it is.
  @discardableResult
  public mutating func append(_ place: Place, of others: PackedRecords) -> Place { append(others.record(at: place)) }

  private mutating func append(_ record: ArraySlice<UInt8>) -> Place {
    precondition(bytes.count + record.count < Int(UInt32.max) - 4, "the records of a repository have less than 4 GiB")
    let place = Place(offset: UInt32(bytes.count))
    withUnsafeBytes(of: UInt32(record.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: record)
    count += 1
    return place
  }

  /// Reads one record.
  public func reader(at place: Place) -> ByteReader { ByteReader(record(at: place)) }

  private func record(at place: Place) -> ArraySlice<UInt8> {
    let start = bytes.startIndex + Int(place.offset)
    return bytes[(start + 4)..<(start + 4 + length(at: start))]
  }

  private func length(at start: Int) -> Int {
    bytes.withUnsafeBytes { bytes in
      Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start - self.bytes.startIndex, as: UInt32.self)))
    }
  }

  /// Every record, in the order in which they were added.
  public func forEach(_ body: (Place, inout ByteReader) throws -> Void) rethrows {
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = start + 4 + length(at: start)
      var reader = ByteReader(bytes[(start + 4)..<end])
      try body(Place(offset: UInt32(start - bytes.startIndex)), &reader)
      start = end
    }
  }
}

extension PackedRecords {
  /// As they were written; their bytes stay where they are.
  public init(_ reader: inout ByteReader) throws(MalformedBytes) {
    count = try reader.int()
    bytes = try reader.slice()
    var (start, found) = (bytes.startIndex, 0)
    while start < bytes.endIndex {
      guard bytes.endIndex - start >= 4, length(at: start) <= bytes.endIndex - start - 4 else { throw reader.malformed() }
      start += 4 + length(at: start)
      found += 1
    }
    guard found == count else { throw reader.malformed() }
  }

  public func write(to writer: inout ByteWriter) {
    writer.write(count)
    writer.write(bytes)
  }
}
