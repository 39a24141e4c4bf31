import ArgumentParser
import HTTP
import Platforms
import Schedule
import StateDirectory

/// `posthorn account logout NAME`
struct AccountLogout: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logout", abstract: "Remove the credential of an account from this host, and give it back to the platform.",
    discussion: "A login at TikTok is revoked there. Where that fails it is told, and the credential is removed all the same.")

  @OptionGroup var options: AccountOptions
  @Argument(help: "The account's name.") var name: String

  func run() async throws {
    let context = try options.context()
    guard let account = AccountName(name) else { throw Failure.usage("\"\(name)\" is not the name of an account") }
    do {
      let folder = try context.state.folder("credentials")
      guard try folder.exists("\(account).json") else { throw Failure.couldNot("account \(account) has no credential on this host") }
      await revoke(account, context)
      try folder.remove("\(account).json")
    } catch let error as StateError {
      throw Failure.couldNot("\(error)")
    }
    context.options.console.note("\(account) is logged out; its deliveries will be held")
  }

  /// Only what is told apart by its own form: the account's file may be gone from the repository.
  private func revoke(_ account: AccountName, _ context: AccountContext) async {
    let kept: Credential?
    do { kept = try context.credentials().kept(of: account) } catch {
      return warn(account, "its credential cannot be read", context)
    }
    guard let kept, kept["access_token"] != nil || kept["refresh_token"] != nil else { return }
    let (oauth, client) = context.tiktok()
    if kept.origin == oauth.origin {
      do throws(TikTokOAuthError) { try await TikTokCredential(kept).revoke(through: oauth) } catch {
        warn(account, error.description, context)
      }
    } else {
      warn(account, "it belongs to \(kept.origin), which is not asked; name it with --endpoint tiktok=\(kept.origin)", context)
    }
    await client.shutdown()
  }

  private func warn(_ account: AccountName, _ reason: String, _ context: AccountContext) {
    Output.error.write(
      "warning: \(account) could not be revoked at TikTok (\(reason.printable)); remove the app in TikTok's settings, "
        + "under Security & permissions, to be sure\n")
  }
}
