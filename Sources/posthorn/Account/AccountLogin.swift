import ArgumentParser
import Engine
import Glibc
import HTTP
import Platforms
import Schedule

/// `posthorn account login NAME`
struct AccountLogin: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login", abstract: "Keep the credential of an account on this host, bound to the origin that it may be sent to.",
    discussion: """
      Of a webhook the secret is asked for, or read as JSON from standard input where that is no terminal: {"secret": "whsec_…"}

      Of TikTok it comes through a browser, which is led back to a port of this machine; the app's key and secret are asked for, or taken \
      from POSTHORN_TIKTOK_CLIENT_KEY and POSTHORN_TIKTOK_CLIENT_SECRET. Where standard input is no terminal, it is the answer of TikTok's \
      token endpoint as JSON, with client_key and client_secret.
      """)

  @OptionGroup var options: AccountOptions
  @Argument(help: "The account's name.") var name: String
  @Option(
    help: ArgumentHelp(
      "Refuse unless the account's url has this origin: for jobs, whose branch could name another one at every run.", valueName: "url"))
  var origin: String?

  func run() async throws {
    umask(0o077)
    let context = try options.context()
    let account = try await context.account(name)
    if let origin { try refuse(account, unlessAt: origin) }
    if account.platform == TikTok.schema.name {
      try await TikTokLogin(context: context, account: account.name).run()
    } else {
      try loginToWebhook(context, account)
    }
    // A daemon looks at credentials when it fetches; it need not wait for that, and one that does not answer finds it then.
    _ = try? ControlRequest.reconcile.handedOver(context.options, context.location)
  }

  /// The branch says where an account is, and whoever can push says it anew: the credential goes nowhere but where its owner meant it to.
  private func refuse(_ account: Account, unlessAt meant: String) throws(Failure) {
    guard let wanted = Origin(meant) else {
      throw .usage("--origin \(meant.printable) is no origin; write it as https://hooks.example.com")
    }
    guard case .text(let url)? = account.parameters["url"], let origin = Origin(url) else {
      throw .usage("accounts of the platform \(account.platform) have no url; leave out --origin")
    }
    guard origin == wanted else {
      throw .couldNot(
        "the url of account \(account.name) is at \(origin), and the credential is meant for \(wanted); nothing was kept. Ask who changed "
          + "accounts/\(account.name).yaml, or name the new origin")
    }
  }

  private func loginToWebhook(_ context: AccountContext, _ account: Account) throws(Failure) {
    guard case .text(let url)? = account.parameters["url"], let origin = Origin(url) else {
      throw .usage("accounts of the platform \(account.platform) need no login")
    }
    do {
      let json = try Self.webhookCredential(of: account.name, at: origin)
      // What the platform cannot use never takes the place of what it could.
      try Webhook.check(credential: json, of: account.name)
      try context.credentials().write(json, for: account.name, to: origin)
    } catch let error as Failure {
      throw error
    } catch {
      throw .couldNot((error as? DeliveryError)?.message ?? "\(error)")
    }
    context.options.console.note("\(account.name) is logged in; its credential may be sent to \(origin) alone")
  }

  /// Of a person the secret itself, which nobody sees; of a program JSON.
  private static func webhookCredential(of account: AccountName, at origin: Origin) throws -> [UInt8] {
    guard isatty(STDIN_FILENO) == 1 else { return try FileBytes.read(STDIN_FILENO, named: "standard input", atMost: 65_536) }
    return Webhook.credential(typed: try TerminalQuestion.secret("secret of \(account), whsec_…, which may be sent to \(origin) alone"))
  }
}
