import CCurl
import Glibc

/// One request under way: owns one easy handle, and what its callbacks collect.
///
/// Proof for `@unchecked Sendable`: the caller's task builds it and gives it to the loop's thread through a mutex; only that thread
/// touches it, its callbacks included, until it calls `completion` as its last act; the last reference then frees it.
final class Transfer: @unchecked Sendable {
  let easy: UnsafeMutableRawPointer
  let request: Request
  let policy: AddressPolicy
  let sockets: Sockets
  let completion: @Sendable (Result<Response, HTTPError>) -> Void

  /// A connection stood and libcurl was about to write the request: from here on, bytes of it may have left.
  var mayHaveSent = false
  /// Our own reason not to connect to an address; it counts where no other address was better.
  var refusal: HTTPError?
  /// Our own reason to end it while it ran: a file that could not be read or written, or a failpoint.
  var broken: HTTPError?
  /// Where the body comes from, and where the answer's goes to, if that is a file.
  var source: TransferFile?
  var target: TransferFile?
  var fields: [Headers.Field] = []
  var headerBytes = 0
  var body: [UInt8] = []
  var isTruncated = false
  #if FAILPOINTS
    /// How much of the body has left.
    var bodyBytesSent: Int64 = 0
  #endif
  /// Where libcurl writes what went wrong.
  let message: UnsafeMutablePointer<CChar>
  var list: UnsafeMutablePointer<curl_slist>?

  init(
    _ request: Request, deadline: Duration, policy: AddressPolicy, sockets: Sockets, settings: Client.Settings,
    completion: @escaping @Sendable (Result<Response, HTTPError>) -> Void
  ) throws(HTTPError) {
    guard let easy = curl_easy_init() else {
      throw HTTPError(request.url.origin, .notSent(.local), detail: "libcurl gave no handle: out of memory")
    }
    self.easy = easy
    self.request = request
    self.policy = policy
    self.sockets = sockets
    self.completion = completion
    message = .allocate(capacity: Int(CURL_ERROR_SIZE))
    message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    try configure(deadline: deadline, settings: settings)
  }

  deinit {
    curl_easy_cleanup(easy)
    curl_slist_free_all(list)
    message.deallocate()
  }

  /// What the callbacks get; the loop holds the transfer for as long as its handle is in use.
  var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  func fail(_ reason: HTTPError.Reason, _ detail: String) -> HTTPError { HTTPError(request.url.origin, reason, detail: detail) }
}
