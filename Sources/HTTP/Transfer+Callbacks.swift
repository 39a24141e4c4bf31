import CCurl
import Failpoints
import Glibc

// What libcurl calls, on the loop's thread. Nothing here throws or waits.

/// Every connection passes here, after names have become addresses: what is checked is what is connected to.
func openSocket(_ context: UnsafeMutableRawPointer?, _: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
  guard let transfer = Transfer.from(context), let address else { return CURL_SOCKET_BAD }
  guard let numeric = IPAddress(address) else { return CURL_SOCKET_BAD }
  let origin = transfer.request.url.origin
  if let objection = transfer.policy.objection(to: numeric, of: origin) {
    transfer.refusal = transfer.fail(.notSent(.forbidden), objection)
    return CURL_SOCKET_BAD
  }
  let socket = transfer.sockets.make(
    family: address.pointee.family, type: address.pointee.socktype, protocol: address.pointee.protocol)
  if socket < 0 { transfer.refusal = transfer.fail(.notSent(.local), "no socket: " + String(cString: strerror(errno))) }
  return socket
}

func closeSocket(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> Int32 {
  guard let context else { return close(socket) }
  return Unmanaged<Sockets>.fromOpaque(context).takeUnretainedValue().close(socket)
}

/// The connection, TLS included, stands, and the request comes next: the line between "not sent" and "unanswered".
func beforeRequest(
  _ context: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<CChar>?, _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32
) -> Int32 {
  guard let transfer = Transfer.from(context) else { return CURL_PREREQFUNC_ABORT }
  do throws(HTTPError) { try transfer.pass(.callConnected, or: .notSent(.local)) } catch {
    transfer.refusal = error
    return CURL_PREREQFUNC_ABORT
  }
  guard transfer.request.mayLeave() else {
    transfer.refusal = transfer.fail(.notSent(.late), "it was not to be sent any more when the connection stood")
    return CURL_PREREQFUNC_ABORT
  }
  transfer.mayHaveSent = true
  return CURL_PREREQFUNC_OK
}

/// One line of the head at a time. A status line starts afresh, as after an interim answer of 1xx.
func readHeader(_ bytes: UnsafeMutablePointer<CChar>?, _: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int {
  guard let transfer = Transfer.from(context), let bytes else { return 0 }
  transfer.headerBytes += count
  guard transfer.headerBytes <= 65_536 else { return 0 }
  let line = UnsafeRawBufferPointer(start: bytes, count: count)
  if line.starts(with: "HTTP/".utf8) {
    transfer.fields = []
  } else if let colon = line.firstIndex(of: 0x3A), colon > 0 {
    let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
    let end = value.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? value.startIndex
    transfer.fields.append(.init(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value[..<end], as: UTF8.self)))
  }
  return count
}

/// The next bytes of a body that is a file.
func readSource(_ room: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int {
  guard let transfer = Transfer.from(context) else { return Int(CURL_READFUNC_ABORT) }
  do throws(TransferFile.Problem) {
    try transfer.requireWanted()
    return try transfer.source?.read(into: UnsafeMutableRawBufferPointer(start: room, count: size * count)) ?? 0
  } catch {
    transfer.broken = transfer.fail(.unanswered(.local), error.words)
    return Int(CURL_READFUNC_ABORT)
  }
}

func readBody(_ bytes: UnsafeMutablePointer<CChar>?, _: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int {
  guard let transfer = Transfer.from(context), let bytes else { return 0 }
  if let sink = transfer.sinkOfAnswer { return transfer.pour(UnsafeRawBufferPointer(start: bytes, count: count), into: sink) }
  let room = transfer.request.bodyLimit - transfer.body.count
  transfer.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: min(count, max(0, room))))
  guard count <= room else {
    transfer.isTruncated = true  // and anything but `count` ends the transfer
    return 0
  }
  return count
}
