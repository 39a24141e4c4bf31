import ArgumentParser
import Engine
import Git
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
    try HTTP.Library.require()
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
