import Schedule

/// A colour of the terminal.
enum Ink: String {
  case bold = "1"
  case faint = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
  case blue = "36"

  func paint(_ text: String, _ color: DiagnosticReport.Color) -> String {
    color == .on && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}

extension DeliveryState.Name {
  /// Green went out, red needs somebody, yellow waits for something.
  var ink: Ink? {
    switch self {
    case .scheduled: nil
    case .publishing, .submitted: .blue
    case .published, .delivered: .green
    case .retrying, .held: .yellow
    case .failed, .inDoubt, .missed: .red
    case .cancelled: .faint
    }
  }
}

extension PostState {
  var ink: Ink? { DeliveryState.Name(rawValue: rawValue).map(\.ink) ?? .yellow }
}
