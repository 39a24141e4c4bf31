import Logging
import Platforms
import Schedule

extension Engine {
  /// Tells the accounts that the settings name. Best effort, once: a notification is no delivery, and nothing depends on it (P6).
  func notify(_ id: DeliveryID, _ state: DeliveryState.Name, because reason: String?) {
    for rule in desired.settings.notify where rule.on.contains(state) && rule.account != id.account {
      guard let account = desired.account(rule.account), let platform = platforms(account.platform) else { continue }
      let publication = notification(id, state, because: reason, to: account)
      let logger = logger
      let task = Task {
        do {
          let prepared = try await platform.prepare(publication) { _ in }
          guard case .published = await platform.commit(publication, prepared) else {
            logger.warning("a notification did not arrive", metadata: ["about": "\(id)", "account": "\(account.name)"])
            return
          }
        } catch {
          logger.warning(
            "a notification could not be sent", metadata: ["about": "\(id)", "account": "\(account.name)", "error": "\(error)"])
        }
      }
      notifications = notifications.suffix(Self.notificationsWaitedFor) + [task]
    }
  }

  /// Tells of a due delivery that is held: once, however often it is looked at and by however many passes, until an attempt of it begins.
  func tellHold(_ id: DeliveryID, _ hold: HoldReason) {
    guard desired.settings.notify.contains(where: { $0.on.contains(.held) && $0.account != id.account }),
      let due = desired.delivery(id)?.delivery.scheduledAt, observed.toldHolds[id] != due, tellingHolds.insert(id).inserted
    else { return }
    notifications.append(
      Task {
        defer { tellingHolds.remove(id) }
        do { try await append([.holdTold(id, scheduledAt: due)]) } catch { return fail(error) }
        notify(id, .held, because: hold.text)
      })
  }

  /// Before the process ends it waits for this many of them, the newest.
  private static let notificationsWaitedFor = 100

  private func notification(_ id: DeliveryID, _ state: DeliveryState.Name, because reason: String?, to account: Account) -> Publication {
    let now = now()
    let attempts = observed[id]?.attempts ?? 0
    return Publication(
      id: DeliveryID(post: id.post, account: account.name), account: account,
      key: "ntf_" + ContentDigest.sha256(Array("\(id)\n\(state.rawValue)\n\(attempts)".utf8)).prefix(32), attempt: 1, scheduledAt: now,
      scheduledTime: "\(now)", timezone: "UTC", title: "\(state.rawValue): \(id)", caption: reason ?? "see: posthorn status \(id.post)")
  }
}
