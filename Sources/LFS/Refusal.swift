import HTTP
import Schedule

/// What a server's no means for the delivery that needs an object. Nothing of it shows a path, a query or a header.
struct Refusal: Sendable {
  let server: Server

  private var name: String { "the Git LFS server \(server.origin)" }

  // MARK: Of the question

  func ofBatch(_ response: Response, _ message: String?, now: Instant) -> DeliveryError {
    let (status, said) = (response.status, said(message))
    switch status {
    case 401, 403: return credential(status, said)
    case 300...399: return error(.content, status, "redirects; name where that leads as lfs.url in .lfsconfig")
    case 404, 410:
      return error(
        .content, status, "has no such repository, or hides it from whoever has no login\(said); see lfs.url and --git-credential")
    case 408, 429, 500...599: return busy(status, said, response.retryAfter(now: now.seconds))
    default: return error(.content, status, "refused the question with \(status)\(said)")
    }
  }

  func ofObject(_ object: LFSPointer, code: Int64, _ message: String?) -> DeliveryError {
    let (code, said) = (Int(clamping: code), said(message))
    switch code {
    case 401, 403: return credential(code, said)
    case 404: return error(.content, code, "does not have object \(short(object))\(said); \(Self.push)")
    case 410: return error(.content, code, "has removed object \(short(object))\(said); add the file again")
    case 408, 429, 500...599: return busy(code, said, nil)
    default: return error(.content, code, "refused object \(short(object)) with \(code)\(said)")
    }
  }

  func otherSize(_ object: LFSPointer) -> DeliveryError {
    DeliveryError(.content, code: "lfs.size", message: "\(name) has object \(short(object)) in another size than the post's commit says")
  }

  var unreadable: DeliveryError {
    DeliveryError(.transient, code: "lfs.unreadable", message: "what answers at \(server.origin) is not a Git LFS server; \(whereToLook)")
  }

  var unsupported: DeliveryError {
    DeliveryError(.content, code: "lfs.unsupported", message: "\(name) does not offer basic transfers with SHA-256")
  }

  // MARK: Of the download

  func ofDownload(_ object: LFSPointer, _ response: Response, at origin: Origin, now: Instant) -> DeliveryError {
    let status = response.status
    switch status {
    case 401, 403: return error(.transient, status, "sent us to \(origin), which refused what it gave us for it", code: "credential")
    case 404, 410: return error(.content, status, "sent us to \(origin), which does not have object \(short(object)); add the file again")
    case 408, 429, 500...599: return busy(status, " at \(origin)", response.retryAfter(now: now.seconds))
    case 300...399: return error(.transient, status, "sent us to \(origin), which redirects to nowhere")
    default: return error(.content, status, "sent us to \(origin), which refused object \(short(object)) with \(status)")
    }
  }

  func wrongBytes(_ object: LFSPointer, at origin: Origin, _ what: String) -> DeliveryError {
    // What stands somewhere else is not measured for whoever chose where to look.
    DeliveryError(
      .transient, code: "lfs.digest",
      message: "\(origin) sent for object \(short(object)) \(server.choice == .repository ? "something else" : what); \(Self.push)")
  }

  private static let push = "in a clone that has it, run: git lfs push --all origin"

  // MARK: Of no answer

  func of(_ failure: HTTPError) -> DeliveryError {
    switch failure.reason {
    case .notSent(.forbidden):
      DeliveryError(
        .policy, code: "lfs.forbidden",
        message: "nothing was asked of \(failure.origin): \(failure.detail); the host's operator can allow it with "
          + (server.choice == .repository ? "--endpoint lfs=\(failure.origin)" : "--allow-private-hosts"))
    case .notSent(.malformed):
      DeliveryError(.content, code: "lfs.malformed", message: "\(name) wants to be asked for it in a way that cannot be written")
    case .notSent(.local), .unanswered(.local):
      DeliveryError(.transient, code: "media.local", message: "this host could not take it from \(failure.origin): \(failure.detail)")
    case .notSent(let reason):
      DeliveryError(.transient, code: "lfs.\(reason == .noAddress ? "no_address" : reason.rawValue)", message: noAnswer(failure))
    case .unanswered(let reason): DeliveryError(.transient, code: "lfs.\(reason.rawValue)", message: noAnswer(failure))
    }
  }

  private func noAnswer(_ failure: HTTPError) -> String { "no answer from \(failure.origin) for the Git LFS server: \(failure.detail)" }

  // MARK: Parts of them

  /// It does not mark the account: a login there changes nothing.
  private func credential(_ status: Int, _ said: String) -> DeliveryError {
    let advice =
      switch (server.choice, server.credential) {
      case (.repository, _):
        "wants a login\(said), and the git credential is never sent to a server that .lfsconfig chose; remove lfs.url there, or let "
          + "it be read without a login"
      case (_, nil): "wants a login\(said); give a credential for \(server.origin) with --git-credential"
      case (_, _): "refused the git credential\(said); renew the file of --git-credential"
      }
    return error(.transient, status, advice, code: "credential")
  }

  private func busy(_ status: Int, _ said: String, _ wait: Duration?) -> DeliveryError {
    error(.transient, status, "is not available (\(status))\(said)", wait: wait)
  }

  private func error(
    _ class: DeliveryError.Class, _ status: Int, _ what: String, code: String? = nil, wait: Duration? = nil
  ) -> DeliveryError {
    DeliveryError(`class`, code: "lfs.\(code ?? "\(status)")", message: "\(name) \(what)", retryAfter: wait)
  }

  private var whereToLook: String {
    server.choice == .repository ? "correct lfs.url in .lfsconfig" : "name the server as lfs.url in .lfsconfig"
  }

  private func short(_ object: LFSPointer) -> String { "\(object.oid.prefix(12))" }

  /// The server's own words, without what could be an address or a secret.
  private func said(_ message: String?) -> String {
    guard var text = message?.prefix(1000).map({ $0.isASCII && ($0 >= " " && $0 <= "~") ? String($0) : " " }).joined() else { return "" }
    for secret in server.credential?.secrets ?? [] where !secret.isEmpty { text = text.split(separator: secret).joined(separator: "***") }
    let words = text.split(separator: " ").map { $0.contains("://") || $0.utf8.count > 40 ? "..." : $0 }
    let said = words.joined(separator: " ").prefix(200)
    return said.isEmpty ? "" : ", saying \"\(said)\""
  }
}
