import Glibc
import Platforms
import Schedule

/// The place on this machine to which a browser is led back after a login: `http://127.0.0.1:PORT/callback/`, for one answer.
///
/// Whatever else comes by (a favicon, a connection that says nothing, an answer to another question) is sent away, and the wait goes on.
final class CallbackListener {
  private let descriptor: Int32
  private let port: UInt16
  private var connections: [Int32: [UInt8]] = [:]

  init() throws(Failure) {
    let listener = try LoopbackListener()
    (descriptor, port) = (listener.descriptor, listener.port)
    // A browser that gives up between the poll and the accept must not hold the wait.
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  deinit {
    for connection in connections.keys { close(connection) }
    close(descriptor)
  }

  var redirect: String { "http://127.0.0.1:\(port)/callback/" }

  /// The first answer to this question; `nil` once `limit` is over without one.
  func answer(to authorization: TikTokAuthorization, within limit: Duration) -> TikTokAuthorization.Answer? {
    let end = ContinuousClock.now + limit
    while case let left = end - ContinuousClock.now, left > .zero {
      var waits = ([descriptor] + connections.keys).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&waits, nfds_t(waits.count), Int32(min(left / .milliseconds(1), 60_000)) + 1) > 0 else { continue }
      for wait in waits where wait.revents != 0 {
        if wait.fd == descriptor { accept() } else if let answer = read(wait.fd, authorization) { return answer }
      }
    }
    return nil
  }

  /// A browser opens several at once; of more than it needs the rest may wait.
  private func accept() {
    let connection = Glibc.accept(descriptor, nil, nil)
    guard connection >= 0 else { return }
    _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
    _ = fcntl(connection, F_SETFL, O_NONBLOCK)
    if connections.count < 16 { connections[connection] = [] } else { close(connection) }
  }

  private func read(_ connection: Int32, _ authorization: TikTokAuthorization) -> TikTokAuthorization.Answer? {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let count = recv(connection, &buffer, buffer.count, 0)
    if count < 0, errno == EAGAIN || errno == EINTR { return nil }
    let bytes = (connections[connection] ?? []) + buffer.prefix(max(0, count))
    guard count > 0, bytes.count <= 16_384 else { return end(connection) }
    connections[connection] = bytes
    guard bytes.firstRange(of: Array("\r\n\r\n".utf8)) != nil else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\r\n" }.split(separator: " ")
    let parts = (words.count == 3 && words[0] == "GET" ? words[1] : "").split(separator: "?", maxSplits: 1)
    guard parts.first == "/callback/" else { return end(connection, "404 Not Found", "There is nothing here.") }
    switch authorization.answer(parts.count == 2 ? String(parts[1]) : "") {
    case .stray:
      return end(
        connection, "400 Bad Request", "This is not the answer to the login that posthorn waits for. Open the address that it shows.")
    case .denied(let words):
      _ = end(connection, "200 OK", "Nothing was allowed. You can close this window.")
      return .denied(words)
    case .code(let code):
      _ = end(connection, "200 OK", "posthorn has the answer. You can close this window, and go back to the terminal.")
      return .code(code)
    }
  }

  /// Says a last word to a connection.
  private func end(_ connection: Int32, _ status: String = "", _ text: String = "") -> TikTokAuthorization.Answer? {
    if !status.isEmpty {
      let head = "HTTP/1.1 \(status)\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close\r\n"
      let answer = Array("\(head)Content-Length: \(text.utf8.count + 1)\r\n\r\n\(text)\n".utf8)
      _ = answer.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
    close(connection)
    connections[connection] = nil
    return nil
  }
}
