import ArgumentParser

/// `posthorn account …`
struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "The credentials of this host, one an account.",
    subcommands: [AccountLogin.self, AccountLogout.self, AccountList.self, AccountSync.self])
}
