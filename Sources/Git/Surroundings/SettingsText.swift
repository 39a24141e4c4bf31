/// The text of a file with settings of git, taken apart.
///
/// libgit2 reads such files too, but not one that includes another from the home: it was told of none.
///
/// - Source: git-config(1), "Syntax".
struct SettingsText {
  /// In their order; sections and names in lower case, subsections as they are: `remote.Origin.url`.
  private(set) var settings: [(name: String, value: String)] = []
  private var rest: Substring.UnicodeScalarView
  private var line = 1

  /// - Throws: the number of the line that git would not take either.
  init(_ text: String) throws(BadLine) {
    rest = text[...].unicodeScalars
    if rest.first == "\u{FEFF}" { rest.removeFirst() }
    var section = ""
    while let next = skip(where: \.properties.isWhitespace) {
      switch next {
      case "#", ";": _ = skip { $0 != "\n" }
      case "[": section = try self.section()
      default: settings.append((section + "." + (try name()), try value()))
      }
    }
  }

  struct BadLine: Error { let number: Int }

  /// `[name]`, `[name "sub"]` or `[name.sub]`.
  private mutating func section() throws(BadLine) -> String {
    rest.removeFirst()
    var name = take { $0.isOfName || $0 == "." }.lowercased()
    guard !name.isEmpty else { throw bad }
    if skip(where: { $0 == " " || $0 == "\t" }) == "\"" {
      rest.removeFirst()
      name += "."
      while let next = rest.popFirst(), next != "\"" {
        guard next != "\n", let plain = next == "\\" ? rest.popFirst() : next else { throw bad }
        name.unicodeScalars.append(plain)
      }
    }
    guard rest.popFirst() == "]" else { throw bad }
    return name
  }

  private mutating func name() throws(BadLine) -> String {
    guard let first = rest.first, first.isASCII, first.properties.isAlphabetic else { throw bad }
    return take(where: \.isOfName).lowercased()
  }

  /// What stands behind `=`; a name alone is true.
  private mutating func value() throws(BadLine) -> String {
    guard let next = skip(where: { $0 == " " || $0 == "\t" || $0 == "\r" }), next != "\n" else { return "true" }
    if next == "#" || next == ";" { return "true" }
    guard rest.popFirst() == "=" else { throw bad }
    _ = skip { $0 == " " || $0 == "\t" }
    var (value, blanks, isQuoted) = (String.UnicodeScalarView(), String.UnicodeScalarView(), false)
    while let next = rest.first, next != "\n" {
      if !isQuoted, next == "#" || next == ";" {
        _ = skip { $0 != "\n" }
        break
      }
      rest.removeFirst()
      if !isQuoted, next.properties.isWhitespace {
        blanks.append(next)
        continue
      }
      value += blanks
      blanks = .init()
      switch next {
      case "\"": isQuoted.toggle()
      case "\\": if let plain = try escaped() { value.append(plain) }
      default: value.append(next)
      }
    }
    guard !isQuoted else { throw bad }
    return String(value)
  }

  /// Behind a backslash; nothing where it joins two lines.
  private mutating func escaped() throws(BadLine) -> Unicode.Scalar? {
    if rest.first == "\r" { rest.removeFirst() }
    switch rest.popFirst() {
    case "\n":
      line += 1
      return nil
    case "n": return "\n"
    case "t": return "\t"
    case "b": return "\u{8}"
    case "\"": return "\""
    case "\\": return "\\"
    default: throw bad
    }
  }

  /// Goes on to what `condition` does not hold for.
  private mutating func skip(where condition: (Unicode.Scalar) -> Bool) -> Unicode.Scalar? {
    while let next = rest.first, condition(next) {
      if next == "\n" { line += 1 }
      rest.removeFirst()
    }
    return rest.first
  }

  private mutating func take(where condition: (Unicode.Scalar) -> Bool) -> String {
    var taken = String.UnicodeScalarView()
    while let next = rest.first, condition(next) { taken.append(rest.removeFirst()) }
    return String(taken)
  }

  private var bad: BadLine { BadLine(number: line) }
}

extension Unicode.Scalar {
  fileprivate var isOfName: Bool { isASCII && (properties.isAlphabetic || properties.numericType != nil) || self == "-" }
}
