import Crypto
import Schedule

/// Signs what goes out, so that the receiver knows who sent it.
///
/// - Source: Standard Webhooks 1.0.0, symmetric scheme `v1`.
struct WebhookSignature: Sendable, CustomReflectable {
  /// The secret is in it already; each signature goes on from a copy.
  private let keyed: HMAC<SHA256>

  /// `nil` where `secret` is not `whsec_` and the base64 of 24 to 64 bytes.
  init?(_ secret: Secret) {
    let text = secret.reveal()
    guard text.hasPrefix("whsec_"), let bytes = Base64.decode(text.dropFirst(6)), (24...64).contains(bytes.count) else { return nil }
    keyed = HMAC(key: SymmetricKey(data: bytes))
  }

  /// The key's bytes are nobody's to dump.
  var customMirror: Mirror { Mirror(self, children: [:] as KeyValuePairs<String, Any>) }

  /// The value of `webhook-signature`. `id` must not contain a full stop.
  func sign(id: String, timestamp: Int64, body: [UInt8]) -> String {
    var code = keyed
    code.update(data: Array("\(id).\(timestamp).".utf8))
    code.update(data: body)
    return "v1," + Base64.encode(code.finalize().withUnsafeBytes { Array($0) })
  }
}
