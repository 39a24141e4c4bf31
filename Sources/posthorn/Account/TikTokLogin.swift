import Glibc
import HTTP
import Platforms
import Schedule

/// The login of an account at TikTok: through a browser where a person sits at a terminal, else with JSON from standard input.
struct TikTokLogin {
  let context: AccountContext
  let account: AccountName

  /// How long a person may take in the browser.
  static let patience = Duration.seconds(300)

  func run() async throws {
    let (oauth, client) = context.tiktok()
    let result: Result<TikTokCredential, Failure>
    do throws(Failure) { result = .success(try await login(through: oauth)) } catch { result = .failure(error) }
    await client.shutdown()
    tell(try result.get(), oauth.origin)
  }

  private func login(through oauth: TikTokOAuth) async throws(Failure) -> TikTokCredential {
    let credential = isatty(STDIN_FILENO) == 1 ? try await browse(oauth) : try read()
    do { try context.credentials().write(credential.fileBytes(), for: account, to: oauth.origin) } catch { throw .couldNot("\(error)") }
    if !credential.hasAccessToken { try await buyFirst(oauth) }
    return credential
  }

  // MARK: - In a browser

  private func browse(_ oauth: TikTokOAuth) async throws(Failure) -> TikTokCredential {
    let app = if let app = try app() { app } else { try ask() }
    let listener = try CallbackListener()
    let authorization = TikTokAuthorization(app: app, redirect: listener.redirect)
    Output.error.write("open this address in a browser on this machine, and allow what it asks for:\n\n")
    Output.error.write("  \(authorization.url(at: context.access.endpoints["tiktok"]))\n\n")
    Output.error.write("waiting for the answer, 5 minutes at most\n")
    let again = "run it again: posthorn account login \(account)"
    switch listener.answer(to: authorization, within: Self.patience) {
    case nil:
      throw .couldNot(
        "no answer came within 5 minutes; \(again) (the app must have the redirect http://127.0.0.1:*/callback/ in TikTok's developer portal; "
          + "without a browser on this machine, pipe the answer of TikTok's token endpoint into it)")
    case .stray?: throw .couldNot("what came back is not the answer to this login; \(again)")
    case .denied(let words)?: throw .couldNot("TikTok says that it was not allowed (\(words.printable)); \(again), and allow it")
    case .code(let code)?:
      let asked = Instant.now
      do throws(TikTokOAuthError) {
        return TikTokCredential(try await oauth.exchange(code, of: authorization), app: app, now: asked)
      } catch {
        throw .couldNot("TikTok gave no token for the browser's answer: \(error.description.printable); \(again)")
      }
    }
  }

  /// The app's key and secret from the variables; `nil` where neither is set.
  private func app() throws(Failure) -> TikTokApp? {
    let (key, secret) = (Environment.current[Self.keyVariable], Environment.current[Self.secretVariable])
    guard key != nil || secret != nil else { return nil }
    guard let key, let secret, let app = TikTokApp(key: key, secret: Secret(secret)) else {
      throw .usage("\(Self.keyVariable) and \(Self.secretVariable) belong together, and hold the app's key and secret as TikTok shows them")
    }
    return app
  }

  private func ask() throws(Failure) -> TikTokApp {
    let key = try TerminalQuestion.line("client key of the app at TikTok")
    guard let app = TikTokApp(key: key, secret: try TerminalQuestion.secret("client secret")) else {
      throw .usage("that is no key and secret of an app; TikTok's developer portal shows both")
    }
    return app
  }

  private static let keyVariable = "POSTHORN_TIKTOK_CLIENT_KEY"
  private static let secretVariable = "POSTHORN_TIKTOK_CLIENT_SECRET"

  // MARK: - From standard input

  private func read() throws(Failure) -> TikTokCredential {
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(STDIN_FILENO, named: "standard input", atMost: 65_536) } catch { throw .couldNot("\(error)") }
    guard let credential = TikTokCredential(given: bytes, app: try app(), now: .now) else {
      throw .couldNot(
        "the credential of account \(account) must be the JSON of TikTok's token endpoint with the app's key and secret: "
          + #"{"access_token": "act.…", "expires_in": 86400, "refresh_token": "rft.…", "client_key": "…", "client_secret": "…"}; "#
          + "an access_token alone works until it expires, a refresh_token with key and secret buys the first one")
    }
    return credential
  }

  /// Where only a refresh token was given: it is in the file, so that whatever happens now may be repeated.
  private func buyFirst(_ oauth: TikTokOAuth) async throws(Failure) {
    let keeper = TokenKeeper(credentials: try context.credentials(), oauth: oauth, now: { .now })
    do throws(DeliveryError) { _ = try await keeper.token(of: account, for: oauth.origin) } catch { throw .couldNot(error.message) }
  }

  // MARK: - What it is good for

  private func tell(_ credential: TikTokCredential, _ origin: Origin) {
    let console = context.options.console
    console.note("\(account) is logged in; its credential may be sent to \(origin) alone")
    if !credential.missingScopes.isEmpty {
      console.note(
        "not granted: \(credential.missingScopes.joined(separator: ", ")); posts that need one of them will be held (video.publish posts, "
          + "video.upload hands drafts to the inbox)")
    }
    if !credential.isRenewable {
      let end = credential.expiresAt.map { "at \($0.description)" } ?? "when TikTok refuses it"
      console.note("it cannot be renewed and ends \(end): a refresh_token, client_key and client_secret would renew it")
    }
  }
}

extension AccountContext {
  /// The way to TikTok's tokens; the client is shut down by whoever asked for it.
  func tiktok() -> (TikTokOAuth, Client) {
    let client = Client(
      Client.Settings(policy: access.policy, authorities: access.authorities, userAgent: "posthorn/\(Posthorn.version)"))
    return (TikTokOAuth(at: access.endpoints["tiktok"], send: { request throws(HTTPError) in try await client.send(request) }), client)
  }
}
