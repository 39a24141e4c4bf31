internal import Glibc

/// The settings of git that belong to no repository: those of the machine, of the person, and of this run.
///
/// Only what git itself takes from nowhere else is read here: whom to trust, and where hooks are. An `insteadOf` would send us to another
/// server.
///
/// - Source: git-config(1), "Files", "Environment" and "Includes"; conditions of `includeIf` are not met here.
struct HostSettings {
  struct Setting: Hashable {
    /// In lower case: `safe.directory`.
    let name: String
    let value: String
    /// The file that says so, or the variable.
    let place: String
    /// It wins over what the repository says.
    var isOfThisRun = false
  }

  /// Later ones win.
  private(set) var all: [Setting] = []
  private let surroundings: Surroundings

  init(_ surroundings: Surroundings = .current) throws(GitError) {
    self.surroundings = surroundings
    for file in files { try read(file, depth: 0) }
    all += ofThisRun
  }

  func values(_ name: String) -> [Setting] { all.filter { $0.name == name } }

  /// `value` as a path: `~/` is the home, `~ann/` that of Ann; nil where only git could say what is meant.
  func path(_ value: String) -> String? {
    guard !value.hasPrefix("%(prefix)") else { return nil }
    guard value.hasPrefix("~") else { return value }
    let (user, rest) = (value.dropFirst().prefix { $0 != "/" }, value.drop { $0 != "/" })
    if user.isEmpty { return surroundings["HOME"].map { $0 + rest } }
    guard let home = getpwnam(String(user))?.pointee.pw_dir else { return nil }
    return String(cString: home) + rest
  }

  static func isTrue(_ value: String) -> Bool { ["true", "yes", "on", "1"].contains(value.lowercased()) }

  /// The folder of a person's files for git.
  var settingsFolder: String? {
    (surroundings["XDG_CONFIG_HOME"] ?? surroundings["HOME"].map { "\($0)/.config" }).map { "\($0)/git" }
  }

  private var files: [String] {
    var files: [String] = []
    if !Self.isTrue(surroundings["GIT_CONFIG_NOSYSTEM"] ?? "false") { files.append(surroundings["GIT_CONFIG_SYSTEM"] ?? "/etc/gitconfig") }
    if let file = surroundings.variable("GIT_CONFIG_GLOBAL") { return files + [file] }
    if let settingsFolder { files.append("\(settingsFolder)/config") }
    if let home = surroundings["HOME"] { files.append("\(home)/.gitconfig") }
    return files
  }

  /// What a file says, in its order. One that nobody can read says nothing.
  private mutating func read(_ file: String, depth: Int) throws(GitError) {
    guard depth < 10, !isFolder(file), let text = contents(of: file) else { return }
    let found: SettingsText
    do throws(SettingsText.BadLine) { found = try SettingsText(text) } catch {
      throw GitError(
        step: "read the settings of git in \(file)", reason: .invalid, detail: "line \(error.number) is not one that git takes; mend it")
    }
    for (name, value) in found.settings {
      all.append(Setting(name: name, value: value, place: file))
      guard name == "include.path", let path = path(value) else { continue }
      try read(path.hasPrefix("/") ? path : "\(file.prefix(upTo: file.lastIndex(of: "/") ?? file.startIndex))/\(path)", depth: depth + 1)
    }
  }

  /// What `git -c`, and whoever calls git, says for one run.
  private var ofThisRun: [Setting] {
    var settings: [Setting] = []
    for number in 0..<min(1000, surroundings["GIT_CONFIG_COUNT"].flatMap { Int($0) } ?? 0) {
      guard let name = surroundings["GIT_CONFIG_KEY_\(number)"] else { continue }
      let value = surroundings["GIT_CONFIG_VALUE_\(number)"] ?? ""
      settings.append(Setting(name: name.lowercased(), value: value, place: "GIT_CONFIG_KEY_\(number)", isOfThisRun: true))
    }
    for (name, value) in Self.parameters(surroundings["GIT_CONFIG_PARAMETERS"] ?? "") {
      settings.append(Setting(name: name.lowercased(), value: value, place: "git -c", isOfThisRun: true))
    }
    return settings
  }

  /// `'name=value'` or `'name'='value'`, separated by blanks and quoted as for a shell.
  private static func parameters(_ text: String) -> [(String, String)] {
    var words: [[String]] = []
    var rest = Substring(text).drop { $0 == " " }
    while !rest.isEmpty {
      var parts: [String] = []
      repeat {
        if rest.hasPrefix("=") { rest = rest.dropFirst() }
        parts.append(unquoted(&rest))
      } while rest.hasPrefix("=")
      words.append(parts)
      rest = rest.drop { $0 == " " }
    }
    return words.compactMap { parts in
      if parts.count == 2 { return (parts[0], parts[1]) }
      let halves = parts[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return halves.count == 2 ? (String(halves[0]), String(halves[1])) : (parts[0], "true")
    }
  }

  /// What stands in quotation marks at the beginning; of what has none, everything up to a blank.
  private static func unquoted(_ rest: inout Substring) -> String {
    var word = ""
    while let next = rest.first, next != " ", next != "=" {
      rest = rest.dropFirst()
      if next == "'" {
        word += rest.prefix { $0 != "'" }
        rest = rest.drop { $0 != "'" }.dropFirst()
      } else if next == "\\", let escaped = rest.first {
        word.append(escaped)
        rest = rest.dropFirst()
      } else {
        word.append(next)
      }
    }
    return word
  }
}
