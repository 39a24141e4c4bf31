import Crypto
import Foundation
import Glibc
import Schedule
import Synchronization

/// What TikTok tells an app by itself. Source: TikTok for Developers, Webhooks.
extension TikTokPeer {
  public enum Event: Sendable {
    case failed(publishID: String, reason: String)
    case complete(publishID: String)
    case inboxDelivered(publishID: String)
    case publiclyAvailable(publishID: String, postID: String)
    case noLongerPubliclyAvailable(publishID: String, postID: String)
    case authorizationRemoved(reason: Int)

    var name: String {
      switch self {
      case .failed: "post.publish.failed"
      case .complete: "post.publish.complete"
      case .inboxDelivered: "post.publish.inbox_delivered"
      case .publiclyAvailable: "post.publish.publicly_available"
      case .noLongerPubliclyAvailable: "post.publish.no_longer_publicaly_available"
      case .authorizationRemoved: "authorization.removed"
      }
    }

    func content(type: String) -> JSON {
      switch self {
      case .failed(let id, let reason): ["publish_id": .string(id), "reason": .string(reason), "publish_type": .string(type)]
      case .complete(let id): ["publish_id": .string(id), "publish_type": .string(type)]
      case .inboxDelivered(let id): ["publish_id": .string(id), "publish_type": "INBOX_SHARE"]
      case .publiclyAvailable(let id, let post), .noLongerPubliclyAvailable(let id, let post):
        ["publish_id": .string(id), "post_id": .string(post), "publish_type": .string(type)]
      case .authorizationRemoved(let reason): ["reason": .int(Int64(reason))]
      }
    }

    var publishID: String? {
      switch self {
      case .failed(let id, _), .complete(let id), .inboxDelivered(let id), .publiclyAvailable(let id, _),
        .noLongerPubliclyAvailable(let id, _):
        id
      case .authorizationRemoved: nil
      }
    }
  }

  /// Sends an event to a port of this machine, signed; the status that it is answered with.
  ///
  /// - Parameter openID: whose event it is, where no publication says so.
  public func send(_ event: Event, openID: String = "open-id-acme", toPort port: UInt16, path: String) async throws -> Int {
    let time = now()
    let (body, secret) = books.withLock { books in
      let task = event.publishID.flatMap { books.tasks[$0] }
      let content = event.content(type: task?.post.mode == .inbox ? "INBOX_SHARE" : "DIRECT_PUBLISH")
      let message: JSON = [
        "client_key": .string(books.settings.app.clientKey), "event": .string(event.name), "create_time": .int(time.seconds),
        "user_openid": .string(task?.post.openID ?? openID), "content": .string(content.compactText()),
      ]
      return (message.compactBytes(), books.settings.app.clientSecret)
    }
    let signature = Self.signature(of: body, at: time.seconds, secret: secret)
    return try await onThread {
      try Self.post(body, ["Content-Type": "application/json", "TikTok-Signature": signature], toPort: port, path: path)
    }
  }

  /// The value of `TikTok-Signature`.
  public static func signature(of body: [UInt8], at seconds: Int64, secret: String) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: Array("\(seconds).".utf8) + body, using: SymmetricKey(data: Array(secret.utf8)))
    return "t=\(seconds),s=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func post(_ body: [UInt8], _ headers: [String: String], toPort port: UInt16, path: String) throws -> Int {
    guard let socket = Loopback.connect(Int(port)) else { throw Loopback.Failure(errno: ECONNREFUSED) }
    defer { close(socket) }
    var head = "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\nContent-Length: \(body.count)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    var answer = [UInt8](repeating: 0, count: 256)
    guard Loopback.write(Array((head + "\r\n").utf8) + body, to: socket) else { throw Loopback.Failure(errno: EPIPE) }
    let count = recv(socket, &answer, answer.count, 0)
    let words = String(decoding: answer.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
    guard words.count > 1, let status = Int(words[1]) else { throw Loopback.Failure(errno: EPROTO) }
    return status
  }
}
