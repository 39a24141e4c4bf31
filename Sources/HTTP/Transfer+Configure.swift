import CCurl
import Glibc

extension Transfer {
  /// Tells libcurl about the request. Whatever it would take from the environment, from files or from habit is switched off.
  func configure(deadline: Duration, settings: Client.Settings) throws(HTTPError) {
    guard deadline > .zero else { throw fail(.notSent(.deadline), "the deadline had passed before the call") }
    let milliseconds = max(1, Int(min(deadline, .seconds(86_400)) / .milliseconds(1)))
    try set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(message))
    try set(CURLOPT_URL, request.url.text)
    try set(CURLOPT_PROTOCOLS_STR, request.url.origin.scheme.rawValue)
    try set(CURLOPT_PROXY, "")
    try set(CURLOPT_NOSIGNAL, 1)
    try set(CURLOPT_FOLLOWLOCATION, 0)
    try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    try set(CURLOPT_TIMEOUT_MS, milliseconds)
    try set(CURLOPT_CONNECTTIMEOUT_MS, min(milliseconds, 10_000))
    if request.connection == .fresh || request.privateHosts != nil {
      try set(CURLOPT_FRESH_CONNECT, 1)
      try set(CURLOPT_FORBID_REUSE, 1)
    }
    if let stall = request.stall {
      try set(CURLOPT_LOW_SPEED_LIMIT, 1)
      try set(CURLOPT_LOW_SPEED_TIME, max(1, Int(stall.components.seconds)))
    }
    try configureTLS(settings)
    try configureContent(settings)
    try configureCallbacks()
  }

  private func configureTLS(_ settings: Client.Settings) throws(HTTPError) {
    guard request.url.origin.scheme == .https else { return }
    try set(CURLOPT_SSL_VERIFYPEER, 1)
    try set(CURLOPT_SSL_VERIFYHOST, 2)
    try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    if let file = settings.authorities { try set(CURLOPT_CAINFO, file) }
  }

  private func configureContent(_ settings: Client.Settings) throws(HTTPError) {
    switch request.method {
    case .get: try set(CURLOPT_HTTPGET, 1)
    case .head: try set(CURLOPT_NOBODY, 1)
    case .post, .put, .patch, .delete:
      switch request.body ?? .bytes([]) {
      case .bytes(let bytes): try send(bytes)
      case .file(let slice): try send(slice)
      }
    }
    if let sink = request.sink { target = try file { () throws(TransferFile.Problem) in try .writing(sink) } }
    try set(CURLOPT_USERAGENT, settings.userAgent)
    for field in request.headers.fields { try append(field) }
    if request.body != nil, request.headers["content-type"] == nil { try append(line: "Content-Type:") }  // no form type by habit
    try append(line: "Expect:")  // no waiting for permission to send a large body
    if let list { try check(posthorn_set_list(easy, CURLOPT_HTTPHEADER, list)) }
  }

  private func send(_ body: [UInt8]) throws(HTTPError) {
    try set(CURLOPT_POST, 1)
    try check(posthorn_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
    try check(
      body.withUnsafeBytes { bytes in  // copied by libcurl; of an empty one it only wants a pointer
        posthorn_set_pointer(
          easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress ?? UnsafeRawPointer(message)))
      })
    if request.method != .post { try set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
  }

  /// Without `CURLOPT_SEEKFUNCTION`: libcurl cannot go back to the beginning, so it never sends the file again by itself.
  private func send(_ slice: FileSlice) throws(HTTPError) {
    source = try file { () throws(TransferFile.Problem) in try .reading(slice) }
    try set(CURLOPT_UPLOAD, 1)
    try check(posthorn_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(slice.length)))
    try check(posthorn_set_data_callback(easy, CURLOPT_READFUNCTION, readSource))
    try set(CURLOPT_READDATA, context)
    if request.method != .put { try set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
  }

  private func file(_ open: () throws(TransferFile.Problem) -> TransferFile) throws(HTTPError) -> TransferFile {
    do { return try open() } catch { throw fail(.notSent(.local), error.words) }
  }

  private func append(_ field: Headers.Field) throws(HTTPError) {
    let name = field.name.utf8.allSatisfy { isToken($0) }
    let value = field.value.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    guard name, value, !field.name.isEmpty else {
      throw fail(.notSent(.malformed), "a header cannot be written as it is")
    }
    // libcurl takes "Name:" for a wish to leave the field out, "Name;" for an empty one.
    try append(line: field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
  }

  private func append(line: String) throws(HTTPError) {
    guard let longer = curl_slist_append(list, line) else { throw fail(.notSent(.local), "out of memory") }
    list = longer
  }

  /// RFC 9110, 5.6.2.
  private func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  private func set(_ option: CURLoption, _ value: Int) throws(HTTPError) { try check(posthorn_set_long(easy, option, value)) }
  private func set(_ option: CURLoption, _ value: String) throws(HTTPError) { try check(posthorn_set_text(easy, option, value)) }
  private func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) throws(HTTPError) {
    try check(posthorn_set_pointer(easy, option, value))
  }

  private func check(_ code: CURLcode) throws(HTTPError) {
    guard code != CURLE_OK else { return }
    throw fail(.notSent(.local), "libcurl refused an option: " + String(cString: curl_easy_strerror(code)))
  }

  private func configureCallbacks() throws(HTTPError) {
    try check(posthorn_set_open_callback(easy, openSocket))
    try set(CURLOPT_OPENSOCKETDATA, context)
    // A connection that is kept outlives its transfer, and the client's `Sockets` outlive all connections.
    try check(posthorn_set_close_callback(easy, closeSocket))
    try set(CURLOPT_CLOSESOCKETDATA, Unmanaged.passUnretained(sockets).toOpaque())
    try check(posthorn_set_before_request_callback(easy, beforeRequest))
    try set(CURLOPT_PREREQDATA, context)
    try check(posthorn_set_data_callback(easy, CURLOPT_HEADERFUNCTION, readHeader))
    try set(CURLOPT_HEADERDATA, context)
    try check(posthorn_set_data_callback(easy, CURLOPT_WRITEFUNCTION, readBody))
    try set(CURLOPT_WRITEDATA, context)
    #if FAILPOINTS
      try check(watchBytesLeave())
    #endif
  }
}
