import YAML

extension ContentReader {
  /// A wall-clock time, and the offset where one is written behind it.
  mutating func wallClock(_ node: NodeID, _ what: String) -> (clock: WallClock, offset: Offset?)? {
    guard let text = text(node, what) else { return nil }
    do {
      return try WallClock.parse(text)
    } catch {
      report(.timeFormat, at: node, "\(what): \(error)", hint: "write it as in 2026-11-27T09:00")
      return nil
    }
  }

  /// The name of a zone that tzdata has.
  mutating func zone(_ node: NodeID, _ what: String, in zones: Zones) -> Zone? {
    guard let text = text(node, what) else { return nil }
    if let zone = zones.zone(text) {
      if let fixed = zones.fixed(text) { report(.zoneFixed, at: node, "\(what): \(fixed.message)", hint: fixed.hint) }
      return zone
    }
    let advice = zones.advice(on: text)
    report(.zoneUnknown, at: node, "no time zone is called \(quoted(text))\(advice.question)", hint: advice.hint)
    return nil
  }

  /// `true`, or a mapping with a reason and an end. A time that was not asked for with an offset has none: `until` takes none.
  mutating func suspension(_ node: NodeID, _ what: String) -> Suspension? {
    if document[node].kind == .scalar {
      guard let isSuspended = flag(node, what) else { return nil }
      return isSuspended ? Suspension() : nil
    }
    guard isMapping(node, what) else { return nil }
    var suspension = Suspension()
    for field in fields(of: node, SuspensionKey.self, of: what) {
      switch field.key {
      case .reason: suspension.reason = prose(field.value, "\(what).reason", maximumLength: 1000)
      case .until:
        guard let time = wallClock(field.value, "\(what).until") else { continue }
        if time.offset != nil {
          report(
            .timeFormat, at: field.value, "\(what).until takes a wall-clock time without an offset",
            hint: "remove the offset; the zone of the post, or of the account, tells it")
        }
        suspension.until = time.clock
      }
    }
    return suspension
  }
}

private enum SuspensionKey: String, CaseIterable {
  case reason, until
}
