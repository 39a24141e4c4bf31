import Git
package import Schedule

/// What changed since the large file was written.
package struct Delta: Equatable {
  var base: ObjectID
  var commit: ObjectID
  var zones: ZoneStamps
  var posts: PostChanges

  init(base: ObjectID, commit: ObjectID, zones: ZoneStamps = ZoneStamps(), posts: PostChanges) {
    (self.base, self.commit, self.zones, self.posts) = (base, commit, zones, posts)
  }

  package init(bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    base = try reader.objectID()
    commit = try reader.objectID()
    zones = try ZoneStamps(&reader)
    posts = try PostChanges(&reader)
    guard reader.isAtEnd else { throw reader.malformed() }
  }

  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(base.bytes[...])
    writer.write(commit.bytes[...])
    zones.write(to: &writer)
    posts.write(to: &writer)
    return writer.bytes
  }
}

extension DesiredFile.Saved {
  package init(base bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    guard try reader.byte() == Self.version else { throw reader.malformed() }
    commit = try reader.objectID()
    baseCommit = commit
    tzdata = try reader.string()
    zones = try ZoneStamps(&reader)
    base = try PostTable(&reader)
    guard reader.isAtEnd else { throw reader.malformed() }
  }

  /// The schedule as the large file has it, without what changed since.
  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.version)
    writer.write(baseCommit.bytes[...])
    writer.write(tzdata)
    zones.write(to: &writer)
    base.write(to: &writer)
    return writer.bytes
  }

  /// Never the first byte of what earlier versions wrote, which is the length of a commit's id.
  private static let version: UInt8 = 3
}

extension PostChanges {
  fileprivate init(_ reader: inout ByteReader) throws(MalformedBytes) {
    present = try PostTable(&reader)
    gone = try reader.array { reader throws(MalformedBytes) in try reader.string() }
  }

  fileprivate func write(to writer: inout ByteWriter) {
    present.write(to: &writer)
    writer.write(all: gone) { $0.write($1) }
  }
}

extension ByteReader {
  fileprivate mutating func objectID() throws(MalformedBytes) -> ObjectID {
    guard let id = ObjectID(bytes: try slice()) else { throw malformed() }
    return id
  }
}
