import Glibc

/// Standard output for results, standard error for everything else.
struct Output {
  let descriptor: Int32

  static let standard = Output(descriptor: STDOUT_FILENO)
  static let error = Output(descriptor: STDERR_FILENO)

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// The columns that there are: what `COLUMNS` says, else those of the terminal. A pipe or a file has room for whatever comes.
  var width: Int {
    if let columns = Environment.current["COLUMNS"].flatMap({ Int($0) }), columns > 0 { return min(columns, Self.unlimited) }
    guard isTerminal else { return Self.unlimited }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// The columns for what fills a page, which has to end somewhere: 80 where there is room without end.
  var pageWidth: Int { width == Self.unlimited ? 80 : width }

  private static let unlimited = 100_000

  /// Writes all of it. A reader that has gone away is not an error: `posthorn … | head` ends quietly.
  func write(_ text: String) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
