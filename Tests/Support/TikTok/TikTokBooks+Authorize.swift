import Schedule

/// The page on which a person allows an app what it asks for. Source: TikTok for Developers: Login Kit for Desktop; User Access Token Management.
extension TikTokBooks {
  /// The answer that a browser gets once the person has decided: it leads back to the app.
  mutating func authorize(_ request: TikTokRequest, now: Instant) throws(TikTokRefusal) -> TikTokAnswer {
    guard let query = TikTokForm.parse(request.query ?? "") else { throw page("the query cannot be read") }
    let known: Set = [
      "client_key", "scope", "response_type", "redirect_uri", "state", "code_challenge", "code_challenge_method", "disable_auto_auth",
    ]
    if let unknown = query.keys.filter({ !known.contains($0) }).min() { throw page("unknown parameter \(unknown)") }
    guard query["client_key"] == settings.app.clientKey else { throw page("client_key is not an app's") }
    guard let redirect = query["redirect_uri"], isRegistered(redirect) else { throw page("redirect_uri is not registered") }
    guard let state = query["state"], !state.isEmpty else { throw page("state is missing") }
    if !spent.insert("state \(state)").inserted { breach(.authorize, "the state was used before") }
    do {
      let code = try consent(query, redirect, now: now)
      return leading(to: redirect, ["code": code.text, "scopes": code.scopes.joined(separator: ","), "state": state])
    } catch {
      if error.blame == .client { breach(.authorize, error.message) }
      var answer = leading(to: redirect, ["error": error.code, "error_description": error.message, "state": state])
      answer.code = error.code
      return answer
    }
  }

  private mutating func consent(
    _ query: [String: String], _ redirect: String, now: Instant
  ) throws(TikTokRefusal) -> (text: String, scopes: [String]) {
    guard query["response_type"] == "code" else { throw TikTokRefusal(400, "unsupported_response_type", "response_type must be code") }
    guard ["0", "1", nil].contains(query["disable_auto_auth"]) else {
      throw TikTokRefusal(400, "invalid_request", "disable_auto_auth is 0 or 1")
    }
    let scopes = (query["scope"] ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard Set(scopes).count == scopes.count, scopes.allSatisfy({ settings.app.scopes.contains($0) }) else {
      throw TikTokRefusal(400, "invalid_scope", "scope must name scopes of the app, each once, with commas between them")
    }
    guard query["code_challenge_method"] == "S256" else {
      throw TikTokRefusal(400, "invalid_request", "code_challenge_method must be S256")
    }
    guard let challenge = query["code_challenge"], challenge.utf8.count == 64,
      challenge.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { throw TikTokRefusal(400, "invalid_request", "Code verifier or code challenge is invalid.") }
    if !spent.insert("challenge \(challenge)").inserted { breach(.authorize, "the code_challenge was used before") }
    let person = settings.consent
    guard !person.isDenied else { throw TikTokRefusal(400, "access_denied", "The user denied the request", .circumstances) }
    let granted = scopes.filter { person.scopes?.contains($0) ?? true }
    // TikTok's codes hold characters that have to be escaped.
    let code = word("code.") + "*0!4521.va"
    secrets.append(code)
    codes[code] = AuthorizationCode(
      openID: person.openID, scopes: granted, redirect: redirect, challenge: challenge, expires: now + .seconds(600))
    return (code, granted)
  }

  private func leading(to redirect: String, _ query: [String: String]) -> TikTokAnswer {
    let pairs = query.sorted { $0.key < $1.key }.map { "\($0.key)=\(TikTokForm.encode($0.value))" }
    return TikTokAnswer(status: 302, headers: ["Location": redirect + "?" + pairs.joined(separator: "&")])
  }

  /// What is wrong is shown to the person, and leads nowhere.
  private func page(_ message: String) -> TikTokRefusal { TikTokRefusal(400, "invalid_request", message) }

  /// The rules for desktop apps: http or https, `localhost` or `127.0.0.1`, a port, shorter than 512, no query, no fragment; and one of those
  /// that the app has registered.
  private func isRegistered(_ redirect: String) -> Bool {
    guard redirect.utf8.count < 512, let parts = redirect.wholeMatch(of: /(https?):\/\/(localhost|127\.0\.0\.1):([0-9]{1,5})(\/[^?#]*)/),
      let port = UInt16(parts.3), port > 0
    else { return false }
    let anyPort = "\(parts.1)://\(parts.2):*\(parts.4)"
    return settings.app.redirects.contains { $0 == redirect || $0 == anyPort }
  }
}
