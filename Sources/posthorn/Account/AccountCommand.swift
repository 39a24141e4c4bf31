import ArgumentParser
import Engine
import Glibc
import HTTP
import Platforms
import Schedule
import StateDirectory

/// `posthorn account …`
struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "The credentials of this host, one an account.",
    subcommands: [AccountLogin.self, AccountLogout.self, AccountList.self])
}
