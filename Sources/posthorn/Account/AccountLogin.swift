import ArgumentParser
import Engine
import Glibc
import HTTP
import Logging
import Platforms
import Schedule
import StateDirectory

/// Flags of the commands below `posthorn account`.
struct AccountOptions: ParsableArguments {
  @OptionGroup var common: CommonOptions
  @OptionGroup var host: HostFlags

  func context() throws(Failure) -> AccountContext {
    let options = try common.resolved()
    let access = try HostAccess(host, options.host)
    let location = try resolveLocation(options, access)
    let state = try StateLocation.open(try StateLocation.path(options.state, for: location, folder: options.folder))
    return AccountContext(options: options, access: access, location: location, state: state)
  }
}

/// What a command below `posthorn account` works on.
struct AccountContext {
  let options: ResolvedOptions
  let access: HostAccess
  let location: Location
  let state: Folder

  func credentials() throws(Failure) -> Credentials {
    do { return try EngineHost.credentials(in: state) } catch { throw .couldNot("\(error)") }
  }

  /// Settings and accounts at the branch's head.
  func catalog() async throws(Failure) -> Catalog {
    do {
      let lookup = AccountLookup(
        location, folder: options.folder, access: access.git, state: state,
        zones: try Zones.system(directory: Environment.current["TZDIR"]),
        platforms: Shipped.schemas, logger: Logger(label: "posthorn") { _ in SwiftLogNoOpLogHandler() })
      return try await lookup.catalog()
    } catch {
      throw .couldNot(sentence(error))
    }
  }

  func account(_ name: String) async throws(Failure) -> Account {
    let catalog = try await catalog()
    if let name = AccountName(name), let account = catalog.account(name) { return account }
    let known = catalog.accounts.keys.map(\.text).sorted()
    let question = Spelling.nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
    throw .couldNot(
      "no valid account is called \"\(name)\" at the head of \(location.branch)\(question) "
        + "(it has \(known.isEmpty ? "none" : known.joined(separator: ", ")); push the account's file first, or check it: posthorn validate)"
    )
  }
}

/// `posthorn account login NAME`
struct AccountLogin: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login", abstract: "Keep the credential of an account on this host, bound to the origin that it may be sent to.",
    discussion: "It is read as JSON from standard input; of a webhook: {\"secret\": \"whsec_…\"}")

  @OptionGroup var options: AccountOptions
  @Argument(help: "The account's name.") var name: String

  func run() async throws {
    umask(0o077)
    let context = try options.context()
    let account = try await context.account(name)
    guard case .text(let url)? = account.parameters["url"], let origin = Origin(url) else {
      throw Failure.usage("accounts of the platform \(account.platform) need no login")
    }
    if isatty(STDIN_FILENO) == 1 {
      context.options.console.note("the credential of \(account.name) as JSON, then Ctrl-D; it may be sent to \(origin) alone:")
    }
    do {
      let json = try FileBytes.read(STDIN_FILENO, named: "standard input", atMost: 65_536)
      try context.credentials().write(json, for: account.name, to: origin)
    } catch {
      throw Failure.couldNot("\(error)")
    }
    context.options.console.note("\(account.name) is logged in; its credential may be sent to \(origin) alone")
  }
}

/// `posthorn account logout NAME`
struct AccountLogout: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "logout", abstract: "Remove the credential of an account from this host.")

  @OptionGroup var options: AccountOptions
  @Argument(help: "The account's name.") var name: String

  func run() async throws {
    let context = try options.context()
    guard let account = AccountName(name) else { throw Failure.usage("\"\(name)\" is not the name of an account") }
    do {
      let folder = try context.state.folder("credentials")
      guard try folder.exists("\(account).json") else { throw Failure.couldNot("account \(account) has no credential on this host") }
      try folder.remove("\(account).json")
    } catch let error as StateError {
      throw Failure.couldNot("\(error)")
    }
    context.options.console.note("\(account) is logged out; its deliveries will be held")
  }
}

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
      for row in rows { context.options.console.result("\(row.text.printable)\n") }
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

    var text: String { [name.text, platform ?? "-", login].joined(separator: "\t") }
    var json: JSON { ["account": .string(name.text), "platform": JSON(platform), "login": .string(login)] }
  }
}
