import Logging
import Platforms
import Schedule

/// Something that an account is to be told, and how.
struct Notice: Sendable {
  var about: DeliveryID
  /// The attempt whose bad end it tells, if it tells one.
  var alarm: AttemptID?
  var publication: Publication
  var platform: any Platform
}

extension Engine {
  /// Tells the accounts that the settings name. Best effort, once: a notification is no delivery, and nothing depends on it (P6).
  ///
  /// - Parameters:
  ///   - alarm: the attempt whose bad end this tells.
  ///   - word: what it is called, where that is not what it is told as.
  func notify(
    _ id: DeliveryID, _ occasion: Settings.Occasion, because reason: String?, alarm: AttemptID? = nil, as word: String? = nil
  ) {
    let before = notices.count
    for rule in desired.settings.notify where rule.on.contains(occasion) && rule.account != id.account {
      guard let account = desired.account(rule.account), let platform = platforms(account.platform) else { continue }
      let publication = notification(id, word ?? occasion.rawValue, because: reason, to: account)
      notices.append(Notice(about: id, alarm: alarm, publication: publication, platform: platform))
    }
    if let alarm { alarms.add(notices.count - before, to: alarm) }
    tell()
  }

  /// Tells whoever hears of what is held that nothing of a branch is scheduled any more.
  func notify(_ branch: RewrittenBranch) {
    for rule in desired.settings.notify where rule.on.contains(.state(.held)) {
      guard let account = desired.account(rule.account), let platform = platforms(account.platform) else { continue }
      let id = DeliveryID(post: .ofDaemon, account: account.name)
      let publication = notification(
        id, key: "rewritten\n\(branch.adopted)\n\(branch.tip)", title: "rewritten: branch \(branch.branch)",
        text: "\(branch.text); \(branch.remedy)", to: account)
      notices.append(Notice(about: id, alarm: nil, publication: publication, platform: platform))
    }
    tell()
  }

  /// Marks what is recorded upstream, now that whoever is to know of it was told.
  func closeAlarm(_ attempt: AttemptID) async {
    guard alarms.close(attempt) else { return }
    do { try await append([.delivery(attempt.delivery, .recorded(attempt: attempt.number))]) } catch { fail(error) }
  }

  /// Tells of a due delivery that is held: once, however often it is looked at and by however many passes, until an attempt of it begins.
  func tellHold(_ id: DeliveryID, _ hold: HoldReason) {
    guard desired.settings.notify.contains(where: { $0.on.contains(.state(.held)) && $0.account != id.account }),
      let due = desired.delivery(id)?.delivery.scheduledAt, observed.toldHolds[id] != due, tellingHolds[id] == nil
    else { return }
    tellingHolds[id] = Task {
      defer { tellingHolds[id] = nil }
      do { try await append([.holdTold(id, scheduledAt: due)]) } catch { return fail(error) }
      notify(id, .state(.held), because: hold.text)
    }
  }

  /// Before the process ends what is left is told. After half a minute nothing more is begun: whoever is told may take long to answer.
  func tellTheRest() async {
    lastTelling = clock.sinceBoot() + .seconds(30)
    while let hold = tellingHolds.values.first { await hold.value }  // it may have a notice to give
    while let teller = tellers.values.first { await teller.value }
    if !notices.isEmpty {
      logger.warning("the process ends, and some notifications were not sent", metadata: ["left": "\(notices.count)"])
    }
  }

  /// A thousand alarms at once are no thousand connections.
  private static let mostTellers = 8

  private func tell() {
    while tellers.count < min(Self.mostTellers, notices.count), let place = (0..<Self.mostTellers).first(where: { tellers[$0] == nil }) {
      tellers[place] = Task {
        defer { tellers[place] = nil }
        while isTellingTime, let notice = notices.popFirst() {
          await send(notice)
          guard let alarm = notice.alarm else { continue }
          alarms.add(-1, to: alarm)
          await closeAlarm(alarm)
        }
      }
    }
  }

  private var isTellingTime: Bool { lastTelling.map { clock.sinceBoot() < $0 } ?? true }

  private func send(_ notice: Notice) async {
    let facts: Logger.Metadata = ["about": "\(notice.about)", "account": "\(notice.publication.account.name)"]
    do {
      let prepared = try await notice.platform.prepare(notice.publication) { _ in }
      guard case .published = await notice.platform.commit(notice.publication, prepared) else {
        return logger.warning("a notification did not arrive", metadata: facts)
      }
    } catch {
      logger.warning("a notification could not be sent", metadata: facts.merging(["error": "\(error)"]) { $1 })
    }
  }

  private func notification(_ id: DeliveryID, _ word: String, because reason: String?, to account: Account) -> Publication {
    let attempts = observed[id]?.attempts ?? 0
    return notification(
      id, key: "\(id)\n\(word)\n\(attempts)", title: "\(word): \(id)", text: reason ?? "see: posthorn status \(id.post)", to: account)
  }

  private func notification(_ id: DeliveryID, key: String, title: String, text: String, to account: Account) -> Publication {
    let now = now()
    return Publication(
      id: DeliveryID(post: id.post, account: account.name), account: account,
      key: "ntf_" + ContentDigest.sha256(Array(key.utf8)).prefix(32), attempt: 1, scheduledAt: now, scheduledTime: "\(now)",
      timezone: "UTC", title: title, caption: text)
  }
}

extension PostID {
  /// What is told of the daemon itself goes by this name.
  fileprivate static let ofDaemon: PostID = {
    guard let id = PostID("posthorn") else { preconditionFailure("posthorn is the name of a post") }
    return id
  }()
}
