import Schedule

/// What `plan` prints.
struct PlanReport {
  let plan: Plan
  /// Ids of commits; `nil` for the work tree.
  var base: String?
  /// What is merged into.
  var onto: String?
  var head: String?
  /// What the changes lead to.
  let content: ContentState
  let zones: Zones
  let now: Instant
  /// How many posts were looked at for what leaves next to a change, where it is not all of them.
  var compared: Int?

  var json: String { plan.json(base: base, onto: onto, head: head).text() }

  /// Posts with their changes, a line a delivery: local time, UTC, and how far away.
  func text(_ color: DiagnosticReport.Color) -> String {
    guard !plan.changes.isEmpty else { return head == nil ? "nothing is pending\n" : "no changes\n" }
    var text = ""
    var last: Plan.Change?
    for change in plan.changes {
      if last?.post != change.post || last?.shownKind != change.shownKind {
        let kind = change.shownKind
        text += "\(kind.ink.paint(kind.rawValue, color)) \(Ink.bold.paint(change.post.text, color)) \(change.path.printable)\n"
      }
      text += lines(change, color)
      last = change
    }
    return text + summary + "\n" + (comparison.map { "\($0)\n" } ?? "")
  }

  /// How far the neighbours of a change were looked for; `nil` where that is everywhere.
  var comparison: String? {
    compared.map { "compared with the \($0) posts in the nearest folders; posthorn validate compares all of them" }
  }

  private func lines(_ change: Plan.Change, _ color: DiagnosticReport.Color) -> String {
    let shown = change.kind == .cancel ? change.from : change.to
    var line = "    \(change.account?.text ?? "(its accounts cannot be read)")"
    if let instant = shown?.scheduledAt {
      line += "  \(local(instant, shown))  \(LocalTime.text(utc: instant))  \(instant.relative(to: now))"
    }
    if change.to?.state.isOut == true { line += "  already \(change.to?.state.rawValue ?? "")" }
    if let before = change.from?.scheduledAt, let after = change.to?.scheduledAt, before != after {
      line += "\n      was  \(local(before, change.from))  \(LocalTime.text(utc: before))"
    }
    if let reason = change.reason { line += "\n      \(reason.printable)" }
    if let neighbours = change.neighbours.text() { line += "\n      \(neighbours)" }
    if let conflict = change.neighbours.conflict() { line += "\n      \(Ink.yellow.paint("conflict:", color)) \(conflict)" }
    return line + "\n"
  }

  private func local(_ instant: Instant, _ point: Plan.Point?) -> String { LocalTime(zones: zones).text(instant, in: point?.timezone) }

  /// As a person would type it.
  var range: String { onto.flatMap { onto in head.map { "\(onto.prefix(12))..\($0.prefix(12))" } } ?? "" }

  var summary: String {
    let counts = Dictionary(grouping: plan.changes, by: \.shownKind).mapValues(\.count)
    return Plan.Change.Kind.allCases.compactMap { kind in counts[kind].map { "\($0) \(kind.word)" } }.joined(separator: ", ")
  }
}

extension Plan.Neighbours {
  /// `12 m after doors-open, 2 h before wrap-up`; `nil` where the account has nothing else.
  ///
  /// - Parameter name: how a post is named.
  func text(_ name: (PostID) -> String = \.text) -> String? {
    let parts = [
      before.map { "\($0.distance.rounded) after \(name($0.post))" }, after.map { "\($0.distance.rounded) before \(name($0.post))" },
    ]
    let text = parts.compactMap { $0 }.joined(separator: ", ")
    return text.isEmpty ? nil : text
  }

  func conflict(_ name: (PostID) -> String = \.text) -> String? {
    simultaneous.isEmpty ? nil : "at the same time as \(simultaneous.map(name).joined(separator: ", "))"
  }
}

extension Plan.Change {
  /// What is pending is an addition for programs; people want to see what holds it.
  fileprivate var shownKind: Kind { kind == .add && to?.state == .held ? .hold : kind }
}

extension Plan.Change.Kind {
  fileprivate var ink: Ink {
    switch self {
    case .add: .green
    case .reschedule, .edit: .blue
    case .cancel, .drift: .red
    case .hold: .yellow
    }
  }

  /// What happened to so many of them.
  fileprivate var word: String {
    switch self {
    case .add: "to go out"
    case .reschedule: "rescheduled"
    case .edit: "edited"
    case .cancel: "cancelled"
    case .hold: "held"
    case .drift: "already out"
    }
  }
}
