import Schedule

/// Where a command writes, and how much and how colourful.
struct Console {
  enum Detail: Int, Comparable {
    case quiet, normal, verbose
    static func < (left: Detail, right: Detail) -> Bool { left.rawValue < right.rawValue }
  }

  let detail: Detail
  let color: ColorChoice
  /// `NO_COLOR` is set, to anything but nothing. Source: no-color.org.
  let avoidsColor: Bool

  func color(on output: Output) -> DiagnosticReport.Color {
    switch color {
    case .always: .on
    case .never: .off
    case .auto: output.isTerminal && !avoidsColor ? .on : .off
    }
  }

  func result(_ text: String) { Output.standard.write(text) }

  /// Lines for people, beside the result; left out by `-q`. Names of branches, paths and addresses in them are escaped here.
  func note(_ text: String) {
    if detail >= .normal { Output.error.write(text.printableLines + "\n") }
  }

  /// The same for people who ask for more with `-v`.
  func detail(_ text: String) {
    if detail >= .verbose { Output.error.write(text.printableLines + "\n") }
  }
}
