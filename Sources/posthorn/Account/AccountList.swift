import ArgumentParser
import Platforms
import Schedule

/// `posthorn account list`
struct AccountList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the accounts and whether this host is logged in to each.")

  @OptionGroup var options: AccountOptions

  func run() async throws {
    let context = try options.context()
    let credentials = try context.credentials()
    let rows = try await context.catalog().accounts.sorted { $0.key < $1.key }.map { name, entry in
      Row(name: name, entry: entry, hasCredential: credentials.stamp(of: name) != nil)
    }
    if context.options.format == .json {
      context.options.console.result(JSON.array(rows.map(\.json)).text())
    } else {
      var table = Table(.init("ACCOUNT"), .init("PLATFORM"), .init("LOGIN"))
      for row in rows { table.add(.init(row.name.text), .init(row.platform ?? "-"), .init(row.login)) }
      let console = context.options.console
      console.result(table.text(width: Output.standard.width, console.color(on: .standard)))
    }
  }

  /// One account, and what this host has for it.
  private struct Row {
    var name: AccountName
    var platform: String?
    var login: String

    init(name: AccountName, entry: Catalog.Entry, hasCredential: Bool) {
      self.name = name
      switch entry {
      case .invalid: login = "invalid"
      case .valid(let account, _):
        platform = account.platform
        login = account.parameters["url"] == nil ? "not needed" : hasCredential ? "logged in" : "needs a login"
      }
    }

    var json: JSON { ["account": .string(name.text), "platform": JSON(platform), "login": .string(login)] }
  }
}
