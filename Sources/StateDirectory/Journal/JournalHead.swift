/// The file `head` of a journal: its id and its newest segment. Without it, a newest segment that went missing would not be missed.
///
///     magic 8 | journal id 16 | newest segment 8 | checksum 4
struct JournalHead: Equatable, Sendable {
  let journal: JournalID
  let newest: UInt64

  static let name = "head"
  private static let size = 36
  private static let magic: UInt64 = 0x3144_4845_4E52_4850  // "PHRNEHD1"

  /// The head in `folder`, or nil if there is none.
  static func read(in folder: Folder) throws(StateError) -> JournalHead? {
    guard let bytes = try folder.read(name, limit: 4096) else { return nil }
    guard let head = bytes.withUnsafeBytes(Self.init(bytes:)) else {
      throw StateError("read", folder.path(of: name), .damaged(offset: 0, why: "its checksum does not fit"))
    }
    return head
  }

  func write(in folder: Folder) throws(StateError) {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: Self.magic)
    bytes.append(littleEndian: journal.high)
    bytes.append(littleEndian: journal.low)
    bytes.append(littleEndian: newest)
    var checksum = CRC32C()
    checksum.update(bytes)
    bytes.append(littleEndian: checksum.value)
    try folder.replace(Self.name, with: bytes)
  }

  init(journal: JournalID, newest: UInt64) { (self.journal, self.newest) = (journal, newest) }

  private init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.size, bytes.number(at: 0) == Self.magic else { return nil }
    var checksum = CRC32C()
    checksum.update(bytes.slice(0, 32))
    guard bytes.number(at: 32) == checksum.value else { return nil }
    self.init(journal: JournalID(high: bytes.number(at: 8), low: bytes.number(at: 16)), newest: bytes.number(at: 24))
    guard Segment.plausible.contains(newest) else { return nil }
  }
}
