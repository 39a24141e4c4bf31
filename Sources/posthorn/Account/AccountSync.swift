import ArgumentParser
import Engine
import HTTP
import Schedule

/// `posthorn account sync [NAME…]`
struct AccountSync: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "Ask platforms who the accounts are and what they may publish, and record it.",
    discussion: """
      It is written to status/accounts/NAME.json, where validate reads what an account may publish. A daemon does this by itself every six \
      hours (daemon --sync-interval). Ends with 1 if an account could not be synced; the others are.
      """)

  @OptionGroup var options: AccountOptions
  @Argument(help: "Accounts; none for all whose platforms say something of them.") var names: [String] = []

  func run() async throws {
    let accounts = try names.map { name throws(Failure) in
      guard let account = AccountName(name) else { throw .usage("\"\(name)\" is not the name of an account") }
      return account
    }
    let answer = try await answer(to: .sync(accounts))
    try options.common.resolved().console.result(answer)
    if answer.contains(Self.failed) { throw ExitStatus.findings.exit }
  }

  /// Of the daemon that has the repository, or of ourselves where none runs.
  private func answer(to request: ControlRequest) async throws -> String {
    let options = try self.options.common.resolved()
    let access = try HostAccess(self.options.host, options.host)
    let location = try resolveLocation(options, access)
    if let answer = try request.handedOver(options, location) { return Self.words(answer) }
    let host = try EngineHost(options, access, location: location, interval: .seconds(60))
    try await stopping { try await host.engine.open() }
    let answer = await request.answer(host.engine)
    try await stopping { try await host.engine.close() }
    await host.client.shutdown()
    guard answer.hasPrefix("ok") else { throw Failure.couldNot(answer.printableLines) }
    return Self.words(answer)
  }

  /// What the daemon, or we in its stead, say: a line an account.
  static func answer(_ news: [AccountNews], to names: [AccountName]) -> String {
    let known = Set(news.map(\.account))
    let missing = names.filter { !known.contains($0) }.map { name in
      "\(name)\(failed)there is no such account, its file has errors, or its platform says nothing of accounts; run: posthorn account list"
    }
    let lines = news.map(line) + missing
    return "ok\n" + (lines.isEmpty ? "no account's platform says anything of it" : lines.joined(separator: "\n")) + "\n"
  }

  private static func line(_ news: AccountNews) -> String {
    switch news {
    case .failed(let account, _, let error): return "\(account)\(failed)\(error.message)"
    case .seen(let record):
      let name = record.profile.username.map { " as @\($0)" } ?? ""
      let levels = record.creator.map { "; it may publish \($0.privacyLevelOptions.joined(separator: ", "))" } ?? ""
      return "\(record.account): synced\(name)\(levels)"
    }
  }

  private static let failed = ": not synced: "

  private static func words(_ answer: String) -> String {
    let lines = answer.split(separator: "\n").dropFirst().map(\.printable)
    return lines.joined(separator: "\n") + "\n"
  }
}
