import Glibc
import Schedule

/// Asks whoever sits at the terminal for what a post lacks, again where the answer cannot be; elsewhere names the flag that is missing.
struct PostQuestions {
  let catalog: Catalog
  /// The path of every post, by its id.
  let ids: [PostID: String]
  let now: Instant

  func accounts() throws(Failure) -> [String] {
    let known = catalog.accounts.keys.map(\.text).sorted()
    let answer = try ask("accounts", example: known.joined(separator: ", "), standard: known.count == 1 ? known[0] : nil, "--account") {
      answer in
      Self.words(answer).lazy.compactMap { name in
        if known.contains(name) { return nil }
        let question = Spelling.nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
        return "no account is called \"\(name)\"\(question)"
      }.first
    }
    return Self.words(answer)
  }

  /// `nil` where the settings or the accounts have one.
  func timezone(of accounts: [String]) throws(Failure) -> String? {
    let areAll = accounts.allSatisfy { AccountName($0).flatMap(catalog.account)?.timezone != nil }
    guard catalog.settings.timezone == nil, !areAll else { return nil }
    return try ask("time zone", example: "an IANA name", standard: catalog.zones.ofHost, "--timezone") { answer in
      guard !catalog.zones.contains(answer) else { return nil }
      let advice = catalog.zones.advice(on: answer)
      return "\"\(answer)\" is no zone\(advice.question); \(advice.hint)"
    }
  }

  func time(in timezone: String?, of accounts: [String]) throws(Failure) -> String {
    let names =
      timezone.map { [$0] } ?? accounts.compactMap { AccountName($0).flatMap(catalog.account)?.timezone ?? catalog.settings.timezone }
    let zones = Set(names).sorted().compactMap(catalog.zones.zone)
    return try ask("time", example: "2026-11-27T09:00", "--time") { answer in
      let written: (clock: WallClock, offset: Offset?)
      do throws(WallClockError) { written = try WallClock.parse(answer) } catch { return error.description }
      for zone in zones {
        let instant: Instant
        do throws(TimeError) { instant = try zone.instant(of: written.clock, offset: written.offset) } catch {
          return error.message(for: written.clock, in: zone.name)
        }
        if instant + catalog.settings.grace < now {
          return "\(written.clock) is past in \(zone.name), where it is \(zone.wallClock(at: now)) now"
        }
      }
      return nil
    }
  }

  func caption() throws(Failure) -> String { try ask("text", example: "one line", "--caption") { _ in nil } }

  func id(_ suggestion: String) throws(Failure) -> String {
    try ask("id", example: "launch-teaser", standard: suggestion, "--id") { answer in
      guard let id = PostID(answer) else { return "\"\(answer)\" cannot be an id: small letters, digits, and . _ - behind the first" }
      return ids[id].map { "the id \"\(answer)\" is also that of \($0)" }
    }
  }

  /// - Parameter objection: why an answer cannot be; `nil` where it can.
  private func ask(
    _ what: String, example: String, standard: String? = nil, _ flag: String, objection: (String) -> String?
  ) throws(Failure) -> String {
    let standard = standard.flatMap { $0.isEmpty ? nil : $0 }
    guard isatty(STDIN_FILENO) == 1 else {
      throw .usage("\(flag) is missing (\(example.isEmpty ? what : example)); without a terminal nothing is asked")
    }
    while true {
      let offer = standard.map { " [\($0.printable)]" } ?? ""
      Output.error.write("\(what)\(example.isEmpty ? "" : " (\(example.printable))")\(offer): ")
      guard let line = readLine() else { throw .usage("\(flag) is missing, and the input has ended") }
      let words = String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      let answer = words.isEmpty ? standard ?? "" : words
      guard !answer.isEmpty else { continue }
      guard let objection = objection(answer) else { return answer }
      Output.error.write("  \(objection.printable)\n")
    }
  }

  private static func words(_ text: String) -> [String] { text.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init) }
}
