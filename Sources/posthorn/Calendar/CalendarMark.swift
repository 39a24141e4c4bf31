import Schedule

/// The states of posts in one character, so that a calendar can be read without colours too.
enum CalendarMark {
  static func mark(_ state: PostState) -> String {
    switch state {
    case .scheduled: "·"
    case .publishing, .submitted: ">"
    case .published, .delivered: "✓"
    case .retrying: "~"
    case .held: "="
    case .failed, .missed, .inDoubt, .partial: "!"
    case .cancelled: "x"
    }
  }

  /// What the marks of some states mean: `· scheduled  ✓ published`.
  static func legend(_ states: some Sequence<PostState>, _ color: DiagnosticReport.Color) -> String {
    let states = Set(states)
    return PostState.allCases.filter(states.contains).map { state in
      let text = "\(mark(state)) \(state.rawValue)"
      return state.ink?.paint(text, color) ?? text
    }.joined(separator: "  ")
  }
}
