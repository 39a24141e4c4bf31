import Schedule

/// Another process publishes from the repository, or did and may be there still: this one publishes nothing (P7).
struct AnotherDaemon: Error, Equatable, CustomStringConvertible {
  let description: String

  /// - Parameter asker: who wants to publish.
  init(_ record: DaemonRecord, asker: DaemonRecord.Party) {
    let directory =
      record.keeper.incarnation == asker.incarnation
      ? "a copy of this state directory, or this one before it was moved or its machine restarted"
      : "state directory \(record.keeper.incarnation.prefix(8))"
    let who = "\(record.keeper.host) (\(directory), since \(record.since))"
    if let asked = record.asked {
      description =
        "\(who) publishes from this repository, or did; it was asked whether it still does, and has until \(asked.at + record.answersWithin) "
        + "to answer; if it is gone for good: posthorn resume --take-over"
    } else {
      description =
        "\(who) publishes from this repository, and is alive; stop one of the two, and start this one again if it is the one to stay; several "
        + "at once need --claims push or --claims etcd, all of them"
    }
  }

  private init(_ description: String) { self.description = description }

  /// Two state directories were about to publish for the first time, and the other one said so first.
  static let cameFirst = AnotherDaemon(
    "another daemon has just begun to publish from this repository; the next fetch says which one it is, and what to do")
}
