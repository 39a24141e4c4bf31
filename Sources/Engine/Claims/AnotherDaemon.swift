import Schedule

/// Another process publishes from the repository, or did and may be there still: this one publishes nothing (P7).
struct AnotherDaemon: Error, Equatable, CustomStringConvertible {
  let description: String
  /// When it has been silent for long enough, where it was asked.
  var until: Instant?

  /// - Parameter asker: who wants to publish.
  init(_ record: DaemonRecord, asker: DaemonRecord.Party) {
    let directory =
      record.keeper.incarnation == asker.incarnation
      ? "a copy of this state directory, or this one before it was moved or its machine restarted"
      : "state directory \(record.keeper.incarnation.prefix(8))"
    let who = "\(record.keeper.host) (\(directory), since \(record.since))"
    if let asked = record.asked {
      until = asked.at + record.answersWithin
      description =
        "\(who) publishes from this repository, or did; it was asked whether it still does, and has until \(asked.at + record.answersWithin) "
        + "to answer; if it is gone for good: posthorn resume --take-over"
    } else {
      description =
        "\(who) publishes from this repository, and is alive; stop one of the two, and start this one again if it is the one to stay; several "
        + "at once need --claims push or --claims etcd, all of them"
    }
  }

  /// Deliveries are claimed in the repository, as far as anybody can tell, and a daemon that makes no claims there would send them again.
  ///
  /// - Parameter path: of the file that says so.
  init?(_ claiming: ClaimingFile, at path: String) {
    let others: String
    switch claiming {
    case .none: return nil
    case .since(let record): others = "deliveries of this repository are claimed in it since \(record.since) (\(path))"
    case .unreadable(let why): others = "deliveries of this repository may be claimed in it: \(why)"
    }
    description =
      "\(others); a daemon that makes no claims there would send them a second time: start it with --claims push, or, once no other one runs "
      + "with that: posthorn resume --take-over"
  }

  private init(_ description: String) { self.description = description }

  /// Two state directories were about to publish for the first time, and the other one said so first.
  static let cameFirst = AnotherDaemon(
    "another daemon has just begun to publish from this repository; the next fetch says which one it is, and what to do")
}

/// Somebody may have taken over unheard: nothing is begun before upstream has answered (N6).
struct Unheard: Error, CustomStringConvertible {
  let description =
    "this daemon did not run for longer than another one waits before it takes over, and upstream does not answer; nothing is published until "
    + "it does, or until somebody says that no other one publishes: posthorn resume --take-over"
}

/// A start that may be one of a copy: nothing is begun before upstream has answered (N5).
struct UnknownOrigin: Error, CustomStringConvertible {
  let description =
    "nothing on this machine says that the state directory was here before: it was copied, restored or moved, or the machine or its container was "
    + "started anew; nothing is published until upstream has answered, or until somebody says that no other daemon publishes: posthorn resume "
    + "--take-over"
}
