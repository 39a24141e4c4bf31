import ArgumentParser
import Schedule
import StateDirectory

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
