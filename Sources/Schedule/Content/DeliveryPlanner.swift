import YAML

/// Checks a post against its accounts and resolves its time in the zone of each.
struct DeliveryPlanner {
  let catalog: Catalog
  let draft: PostDraft
  let now: Instant?
  let isNew: (@Sendable (String, PostID) -> Bool)?
  private(set) var deliveries: [PlannedDelivery] = []
  private(set) var blocked: [AccountName] = []
  /// What would go to accounts that are blocked, where its time is known.
  private(set) var held: [PlannedDelivery] = []
  /// Zones that the time was already resolved in: most posts have one, and its findings are reported once.
  private var resolved: [(zone: Zone, instant: Instant?)] = []
  private var platforms: [String] = []

  init(catalog: Catalog, draft: PostDraft, now: Instant?, isNew: (@Sendable (String, PostID) -> Bool)?) {
    self.catalog = catalog
    self.draft = draft
    self.now = now
    self.isNew = isNew
  }

  mutating func plan(reporting reader: inout ContentReader) {
    // A zone of the post itself is asked even where every account is unknown: all errors at once.
    if let zone = draft.zone { _ = instant(in: zone, &reader) }
    for (node, name) in draft.accounts {
      switch catalog.accounts[name] {
      case nil:
        reader.report(
          .accountUnknown, at: node,
          "no account is called \(quoted(name.text))\(reader.isFull ? "" : Spelling.question(name.text, among: catalog.accountNames))",
          hint: catalog.accountAdvice)
      case .invalid(let account, let zone):
        blocked.append(name)
        hold(name, in: draft.hasZone ? draft.zone : zone ?? account.flatMap { _ in catalog.zone })
      case .valid(let account, let zone):
        platforms.append(account.platform)
        checkOptions(of: account, at: node, &reader)
        if let schema = catalog.platforms[account.platform], !schema.forms.isEmpty || !schema.rules.isEmpty {
          PlatformCheck(draft: draft, account: account, schema: schema, media: catalog.media, record: catalog.records[account.name])
            .check(at: node, reporting: &reader)
        }
        deliver(to: account, at: node, in: draft.hasZone ? draft.zone : zone ?? catalog.zone, &reader)
      }
    }
    checkPlatforms(&reader)
  }

  private mutating func deliver(to account: Account, at node: NodeID, in zone: Zone?, _ reader: inout ContentReader) {
    guard let zone else {
      // A zone that is given and unknown is reported where it stands.
      if !draft.hasZone {
        reader.report(
          .zoneMissing, at: node, "no time zone: neither the post nor account \(account.name) nor posthorn.yaml names one",
          hint: "add a line such as timezone: Europe/Berlin")
      }
      return
    }
    guard let instant = instant(in: zone, &reader), let id = draft.id else { return }
    let delivery = PlannedDelivery(
      id: DeliveryID(post: id, account: account.name), scheduledAt: instant, timezone: zone.name,
      grace: draft.grace ?? catalog.settings.grace, hold: hold(account, in: zone))
    deliveries.append(delivery)
    warnOfEnd(of: delivery, at: node, in: zone, &reader)
  }

  /// Reports nothing: of an account whose file has errors that file is what is wrong.
  private mutating func hold(_ account: AccountName, in zone: Zone?) {
    guard let zone, let (_, clock, offset) = draft.scheduledTime, let id = draft.id,
      let instant = try? zone.instant(of: clock, offset: offset)  // what is wrong with the time is said where it is planned
    else { return }
    held.append(
      PlannedDelivery(
        id: DeliveryID(post: id, account: account), scheduledAt: instant, timezone: zone.name,
        grace: draft.grace ?? catalog.settings.grace))
  }

  /// Says where a suspension lasts longer than its delivery may wait. One that is over was told, or has come true.
  private func warnOfEnd(of delivery: PlannedDelivery, at account: NodeID, in zone: Zone, _ reader: inout ContentReader) {
    guard case .suspended(_, let until?)? = delivery.hold, until >= delivery.deadline, until > now ?? .distantPast else { return }
    let ownEnd = draft.suspension.map { $0.until.map { end($0, in: zone) } ?? .distantFuture }
    let name = delivery.id.account
    reader.report(
      .suspendMissed, at: ownEnd == until ? draft.suspensionNode ?? account : account,
      "\(ownEnd == until ? "" : "account \(name) is ")suspended until \(zone.wallClock(at: until)), and the grace of what is due at "
        + "\(zone.wallClock(at: delivery.scheduledAt)) ends at \(zone.wallClock(at: delivery.deadline)) in \(zone.name): it will be missed",
      hint: "choose a later scheduled_time, an earlier end, or a grace of \(Self.grace(for: until - delivery.scheduledAt).text) or more")
  }

  /// In whole minutes, and a little time to go out in.
  private static func grace(for wait: Duration) -> Duration { .seconds((wait.components.seconds / 60 + 5) * 60) }

  private mutating func instant(in zone: Zone, _ reader: inout ContentReader) -> Instant? {
    if let known = resolved.first(where: { $0.zone === zone }) { return known.instant }
    let instant = resolve(in: zone, &reader)
    resolved.append((zone, instant))
    return instant
  }

  private func resolve(in zone: Zone, _ reader: inout ContentReader) -> Instant? {
    guard let (node, clock, offset) = draft.scheduledTime else { return nil }
    let instant: Instant
    do {
      instant = try zone.instant(of: clock, offset: offset)
    } catch {
      report(error, of: clock, in: zone, at: node, &reader)
      return nil
    }
    if offset == nil, case .twice(let first, let second) = zone.occurrences(of: clock) {
      let offsets = [first, second].map { zone.offset(at: $0) }
      reader.report(
        .timeFold, at: node, "\(clock) occurs twice in \(zone.name); the first, at \(offsets[0]), is taken",
        hint: "to choose, write \(clock)\(offsets[0]) or \(clock)\(offsets[1])")
    }
    let grace = draft.grace ?? catalog.settings.grace
    if let now, instant + grace < now, draft.id.flatMap({ id in isNew.map { $0(reader.path, id) } }) ?? true {
      reader.report(
        .timePast, at: node, "\(clock) in \(zone.name) is past by more than its grace of \(grace.text); it would never go out",
        hint: "it is \(zone.wallClock(at: now)) there now; choose a later time")
    }
    return instant
  }

  private func report(_ error: TimeError, of clock: WallClock, in zone: Zone, at node: NodeID, _ reader: inout ContentReader) {
    let (rule, hint): (Rule, String) =
      switch error {
      case .gap(let before, let after): (.timeGap, "clocks are set forward over it; choose \(before) or \(after)")
      case .offset(_, let has):
        (.timeOffset, "leave the offset out, or write \(has.map { "\(clock)\($0)" }.joined(separator: " or "))")
      }
    reader.report(rule, at: node, error.message(for: clock, in: zone.name), hint: hint)
  }

  /// Suspended by the post, by the account, or by both, which then lasts as long as the longer.
  private func hold(_ account: Account, in zone: Zone) -> HoldReason? {
    let accountZone = account.timezone.flatMap(catalog.zones.zone) ?? catalog.zone ?? zone
    let holds = [(draft.suspension, zone), (account.suspension, accountZone)].compactMap { suspension, zone in
      suspension.map { (reason: $0.reason, until: $0.until.map { end($0, in: zone) } ?? .distantFuture) }
    }
    guard let longest = holds.max(by: { $0.until < $1.until }) else { return nil }
    return .suspended(reason: longest.reason, until: longest.until == .distantFuture ? nil : longest.until)
  }

  /// A suspension that ends in a gap ends after it.
  private func end(_ clock: WallClock, in zone: Zone) -> Instant {
    switch zone.occurrences(of: clock) {
    case .once(let instant), .twice(_, let instant): instant
    case .gap(_, let after): (try? zone.instant(of: after)) ?? .distantFuture  // A clock that `gap` names exists.
    }
  }

  private func checkOptions(of account: Account, at node: NodeID, _ reader: inout ContentReader) {
    guard let schema = catalog.platforms[account.platform] else { return }
    for key in schema.options where key.isRequired {
      let isGiven =
        account.defaults[key.name] != nil || draft.options[account.platform]?[key.name] != nil
        || draft.overrides[account.name]?.options?[key.name] != nil
        || reader.option(key.name, of: account.platform, account: account.name) != nil  // it cannot be read, and that was reported
      guard !isGiven else { continue }
      reader.report(
        .optionMissing, at: node, "account \(account.name) needs the option \"\(key.name)\" of the platform \(account.platform)",
        hint: "add options: {\(account.platform): {\(key.name): …}}, or give it under defaults in the account's file")
    }
  }

  private func checkPlatforms(_ reader: inout ContentReader) {
    // Of an account that is unknown or invalid nobody can say which platform it has.
    guard platforms.count == draft.accounts.count else { return }
    for (node, name) in draft.platforms where !platforms.contains(name) {
      reader.report(
        .optionUnused, at: node, "no account of the post is on the platform \(name)", hint: "remove the options, or add an account")
    }
  }
}
