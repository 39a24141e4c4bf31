import ArgumentParser
import Schedule
import YAML

/// Options by their one name: `--allow-private-hosts`, `POSTHORN_ALLOW_PRIVATE_HOSTS`, and `allow_private_hosts` in a file.
enum OptionKey: String, CaseIterable {
  case repo, branch, folder, state, format, color, quiet, verbose, config
  case endpoint, interval, claims
  case syncInterval = "sync_interval"
  case allowPrivateHosts = "allow_private_hosts"
  case gitKey = "git_key"
  case gitCredential = "git_credential"
  case gitDeadline = "git_deadline"
  case knownHosts = "known_hosts"
  case caFile = "ca_file"
  case timeSource = "time_source"
  case allowedSigners = "allowed_signers"
  case openPGPKeys = "openpgp_keys"
  case sealKey = "seal_key"
  case trustFrom = "trust_from"
  case etcd
  case etcdPrefix = "etcd_prefix"
  case etcdCredential = "etcd_credential"
  case etcdTtl = "etcd_ttl"

  var variable: String { "POSTHORN_" + rawValue.uppercased() }
}

/// What the host says through variables and a file; flags are asked before. A misspelt name is an error, never ignored.
struct HostOptions {
  private var variables: [OptionKey: String] = [:]
  private var entries: [OptionKey: [String]] = [:]
  private var path: String?

  /// - Parameter file: what `--config` says; `POSTHORN_CONFIG` otherwise.
  init(environment: [String: String], file: String?) throws(Failure) {
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("POSTHORN_") && !Self.foreign.contains(name) {
      guard let key = OptionKey.allCases.first(where: { $0.variable == name }) else {
        let known = OptionKey.allCases.map(\.variable)
        let question = Spelling.nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
        throw .usage("no option has the variable \(name)\(question) (unset it, or use one of \(known.joined(separator: ", ")))")
      }
      variables[key] = value
    }
    path = file ?? variables[.config]
    if let path { try read(path) }
  }

  /// Variables that are not options of a command.
  private static let foreign: Set<String> = [
    "POSTHORN_BOOT_MEMORY", "POSTHORN_FAILPOINT", "POSTHORN_SOURCE", "POSTHORN_TIKTOK_CLIENT_KEY", "POSTHORN_TIKTOK_CLIENT_SECRET",
  ]

  /// The one value of an option.
  subscript(_ key: OptionKey) -> String? { variables[key] ?? entries[key]?.last }

  /// All values of an option that may be given several times; a variable separates them by spaces.
  func values(_ key: OptionKey) -> [String] {
    variables[key].map { $0.split(separator: " ").map(String.init) } ?? entries[key] ?? []
  }

  func flag(_ key: OptionKey) throws(Failure) -> Bool {
    switch self[key] {
    case nil, "false", "0", "": return false
    case "true", "1": return true
    case .some(let text): throw .usage("\(place(of: key)) must be true or false, not \"\(text)\"")
    }
  }

  func choice<Choice: CaseIterable & RawRepresentable<String>>(_ key: OptionKey) throws(Failure) -> Choice? {
    guard let text = self[key] else { return nil }
    return try choice(text, of: place(of: key))
  }

  /// The choice that `text` names; `place` is where it stands.
  func choice<Choice: CaseIterable & RawRepresentable<String>>(_ text: String, of place: String) throws(Failure) -> Choice {
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    let question = Spelling.nearest(to: text, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
    throw .usage("\(place) cannot be \"\(text)\"\(question) (it is one of \(names.joined(separator: ", ")))")
  }

  func detail() throws(Failure) -> Console.Detail { try flag(.quiet) ? .quiet : try flag(.verbose) ? .verbose : .normal }

  private func place(of key: OptionKey) -> String {
    variables[key] != nil ? key.variable : "\(key.rawValue) in \(path ?? "the file of --config")"
  }

  private mutating func read(_ path: String) throws(Failure) {
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(path, atMost: Limit.fileBytes)
    } catch {
      throw .couldNot("\(error); name another file with --config")
    }
    let document = Document(bytes)
    var wrong = document.problems.map { Diagnostic($0, of: path) }
    if wrong.isEmpty, let root = document.root {
      if document[root].kind != .mapping {
        wrong.append(
          Diagnostic(.valueType, of: path, "options are a mapping of keys to values", hint: "write one option a line, such as format: json")
        )
      }
      for (name, value) in document.entries(of: root) {
        wrong += take(document.string(name), document[name].span, value, of: document, path).map { [$0] } ?? []
      }
    }
    guard wrong.isEmpty else {
      let report = DiagnosticReport()
      throw .usage("the options in \(path) cannot be used\n" + String(wrong.map { report.text($0, source: bytes) }.joined().dropLast()))
    }
  }

  private mutating func take(_ name: String, _ span: Span, _ value: NodeID, of document: Document, _ path: String) -> Diagnostic? {
    guard let key = OptionKey(rawValue: name), key != .config else {
      let known = OptionKey.allCases.map(\.rawValue).filter { $0 != OptionKey.config.rawValue }
      let question = Spelling.nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
      return Diagnostic(
        .keyUnknown, at: span, of: path, "unknown key \"\(name)\"\(question)", hint: "options are \(known.joined(separator: ", "))")
    }
    switch document[value].kind {
    case .scalar: entries[key] = [document.string(value)]
    case .sequence: entries[key] = document.items(of: value).map(document.string)
    default:
      return Diagnostic(
        .valueType, at: document[value].span, of: path, "\(name) must be a single value or a list of them",
        hint: "write it as in \(name): value")
    }
    return nil
  }
}
