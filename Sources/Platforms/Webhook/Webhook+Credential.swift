public import Schedule

extension Webhook {
  /// Whether a credential that somebody gives is one, before it takes the place of another.
  ///
  /// - Throws: an error of class auth that says what is missing; nothing of the credential is in it.
  public static func check(credential json: [UInt8], of account: AccountName) throws(DeliveryError) {
    let wanted = "it is JSON with the receiver's secret: {\"secret\": \"whsec_…\"}, and what was kept before is kept"
    guard let object = (try? JSON.parse(json, limits: .init(size: 65_536, depth: 8)))?.object else {  // the reason may quote the secret
      throw refusal("what was given for account \(account) is no JSON object; \(wanted)")
    }
    // A name may be the secret itself, in the wrong place.
    guard let value = object["secret"] else { throw refusal("what was given for account \(account) has no \"secret\"; \(wanted)") }
    guard let secret = value.string, WebhookSignature(Secret(secret)) != nil else {
      throw refusal("the secret of account \(account) is not whsec_ and the base64 of 24 to 64 bytes; \(wanted)")
    }
  }

  /// What somebody typed as a credential: the secret itself, or JSON.
  public static func credential(typed secret: Secret) -> [UInt8] {
    let text = secret.reveal()
    return text.hasPrefix("{") ? Array(text.utf8) : JSON.object(["secret": .string(text)]).bytes()
  }

  private static func refusal(_ message: String) -> DeliveryError {
    DeliveryError(.auth, code: "credential.secret", message: message)
  }
}
