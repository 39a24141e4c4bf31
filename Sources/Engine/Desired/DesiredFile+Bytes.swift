import Git
import Schedule
package import StateDirectory

/// What changed since the large file was written.
package struct Delta: Equatable {
  var base: ObjectID
  var commit: ObjectID
  var posts: [String: DesiredPost?]

  init(base: ObjectID, commit: ObjectID, posts: [String: DesiredPost?]) { (self.base, self.commit, self.posts) = (base, commit, posts) }

  package init(bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    base = try reader.objectID()
    commit = try reader.objectID()
    posts = [:]
    for _ in 0..<(try reader.count()) {
      let path = try reader.string()
      posts[path] = .some(try reader.bool() ? try reader.post(path) : nil)
    }
    guard reader.isAtEnd else { throw reader.malformed() }
  }

  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(base.hex)
    writer.write(commit.hex)
    writer.write(all: posts) {
      $0.write($1.key)
      $0.write($1.value) { $0.write($1) }
    }
    return writer.bytes
  }
}

extension DesiredFile.Saved {
  package init(base bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    commit = try reader.objectID()
    tzdata = try reader.string()
    posts = [:]
    for _ in 0..<(try reader.count()) {
      let path = try reader.string()
      posts[path] = try reader.post(path)
    }
    guard reader.isAtEnd else { throw reader.malformed() }
  }

  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(commit.hex)
    writer.write(tzdata)
    writer.write(all: posts) {
      $0.write($1.key)
      $0.write($1.value)
    }
    return writer.bytes
  }
}

extension ByteWriter {
  fileprivate mutating func write(_ post: DesiredPost) {
    write(post.id.text)
    write(post.blob.hex)
    write(post.source.hex)
    write(all: post.deliveries) { $0.write($1) }
    write(all: post.blocked) { $0.write($1.text) }
    write(post.problem) { $0.write($1) }
  }

  private mutating func write(_ delivery: DesiredDelivery) {
    write(delivery.account.text)
    write(delivery.platform)
    write(delivery.scheduledAt)
    write(delivery.timezone)
    write(delivery.grace)
    write(delivery.suspension != nil)
    if let suspension = delivery.suspension {
      write(suspension.reason) { $0.write($1) }
      write(suspension.until) { $0.write($1) }
    }
    write(delivery.burst) { $0.write($1) }
  }
}

extension ByteReader {
  fileprivate mutating func objectID() throws(MalformedBytes) -> ObjectID {
    guard let id = ObjectID(hex: try string()) else { throw malformed() }
    return id
  }

  fileprivate mutating func post(_ path: String) throws(MalformedBytes) -> DesiredPost {
    guard let id = PostID(try string()) else { throw malformed() }
    return DesiredPost(
      path: path, id: id, blob: try objectID(), source: try objectID(),
      deliveries: try array { reader throws(MalformedBytes) in try reader.delivery() },
      blocked: try array { reader throws(MalformedBytes) in try reader.account() },
      problem: try optional { reader throws(MalformedBytes) in try reader.string() })
  }

  private mutating func delivery() throws(MalformedBytes) -> DesiredDelivery {
    DesiredDelivery(
      account: try account(), platform: try string(), scheduledAt: try instant(), timezone: try string(), grace: try duration(),
      suspension: try optional { reader throws(MalformedBytes) in
        Suspended(
          reason: try reader.optional { reader throws(MalformedBytes) in try reader.string() },
          until: try reader.optional { reader throws(MalformedBytes) in try reader.instant() })
      },
      burst: try optional { reader throws(MalformedBytes) in try reader.string() })
  }
}
