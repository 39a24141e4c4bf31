import Glibc
import Platforms

/// Asks whoever sits at the terminal for one line.
enum TerminalQuestion {
  static func line(_ what: String) throws(Failure) -> String {
    while true {
      Output.error.write("\(what): ")
      guard let line = readLine() else { throw .usage("the input has ended without the \(what)") }
      let answer = String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      if !answer.isEmpty { return answer }
    }
  }

  /// The same for what nobody else should see: the terminal shows nothing of it.
  static func secret(_ what: String) throws(Failure) -> Secret {
    var before = termios()
    guard tcgetattr(STDIN_FILENO, &before) == 0 else {
      throw .couldNot("the terminal cannot be told to hide what is typed: \(String(cString: strerror(errno)))")
    }
    var hidden = before
    hidden.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
      Output.error.write("\n")
    }
    return Secret(try line("\(what) (nothing is shown)"))
  }
}
