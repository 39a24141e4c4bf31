import Failpoints
public import HTTP
public import Schedule

/// Brings objects of Git LFS to this host: asks the server where one is, and takes it from there, basic transfers only.
public struct Downloader: Sendable {
  let send: @Sendable (Request) async throws(HTTPError) -> Response
  let now: @Sendable () -> Instant
  let isWanted: @Sendable () -> Bool

  /// - Parameter isWanted: a "no" ends a download where it is; a later one goes on from there.
  public init(
    send: @escaping @Sendable (Request) async throws(HTTPError) -> Response, now: @escaping @Sendable () -> Instant,
    isWanted: @escaping @Sendable () -> Bool = { true }
  ) {
    (self.send, self.now, self.isWanted) = (send, now, isWanted)
  }

  /// Brings `object` into the file at `path`, going on from what an earlier call left there. When it returns, the file has the object's size
  /// and digest; it is not flushed. After an error the file holds what is worth going on from.
  ///
  /// - Parameter branch: for servers that decide by it who may read.
  public func bring(_ object: LFSPointer, from server: Server, branch: String, to path: String) async throws(DeliveryError) {
    let download = Download(object: object, batch: Batch(server: server, object: object, branch: branch), file: PartFile(path: path))
    var action: Action?
    var course = Course()
    while try await !download.isWhole(&course) {
      if action.map({ $0.isExpired(at: now()) }) ?? true { action = try await ask(download.batch) }
      guard let next = action else { continue }
      switch try await take(download, next) {
      case .whole(let origin): try download.requireLength(from: origin)
      case .tooLong(let origin): throw try download.discard("more than its \(object.size) bytes", from: origin)
      case .fromTheStart(let origin):
        guard !course.isFromStart else { throw try download.discard("a part that was not asked for", from: origin) }
        try download.file.empty()
      case .refused(let error):
        guard !course.isRenewed else { throw error }
        (course.isRenewed, action) = (true, nil)
      case .broken(let error, let came):
        course.breaks += 1
        guard came > 0, course.breaks < 10, isWanted() else { throw error }
      }
    }
  }

  private func ask(_ batch: Batch) async throws(DeliveryError) -> Action {
    let refusal = Refusal(server: batch.server)
    guard let url = batch.server.endpoint("/objects/batch") else { throw refusal.unreadable }
    let response: Response
    do throws(HTTPError) { response = try await send(batch.request(url)) } catch { throw refusal.of(error) }
    return try batch.action(response, now: now())
  }

  /// What one request for the bytes came to.
  private enum Taken {
    case whole(from: Origin)
    case tooLong(from: Origin)
    /// What is here cannot be gone on from.
    case fromTheStart(from: Origin)
    /// The action may be too old for whoever has the bytes.
    case refused(DeliveryError)
    case broken(DeliveryError, came: Int64)
  }

  private func take(_ download: Download, _ action: Action) async throws(DeliveryError) -> Taken {
    let (refusal, origin, here) = (Refusal(server: download.batch.server), action.url.origin, try download.file.size())
    var request = download.request(action, from: here)
    request.isWanted = isWanted
    let response: Response
    do throws(HTTPError) { response = try await send(request) } catch {
      guard !error.isNotSent, error.reason != .unanswered(.local) else { throw refusal.of(error) }
      return .broken(refusal.of(error), came: try download.file.size() - here)
    }
    switch response.status {
    case 200: return response.isTruncated ? .tooLong(from: origin) : .whole(from: origin)
    case 206 where response.isTruncated: return .tooLong(from: origin)
    case 206: return Self.start(of: response) == here ? .whole(from: origin) : .fromTheStart(from: origin)
    case 416: return .fromTheStart(from: origin)
    case 401, 403: return .refused(refusal.ofDownload(download.object, response, at: origin, now: now()))
    default: throw refusal.ofDownload(download.object, response, at: origin, now: now())
    }
  }

  /// Where the part begins that the answer has, by its `Content-Range: bytes 10-99/100`. Source: RFC 9110, 14.4.
  private static func start(of response: Response) -> Int64? {
    guard let range = response.headers["content-range"], range.lowercased().hasPrefix("bytes ") else { return nil }
    return range.dropFirst(6).split(separator: "-").first.flatMap { Int64($0) }
  }
}

/// What one object's way here has come to already; each thing is tried again only so often.
struct Course: Sendable {
  /// The file's content came in this course, from its first byte on.
  var isFromStart = false
  var isRenewed = false
  var breaks = 0
}

/// An object on its way into a file.
struct Download: Sendable {
  let object: LFSPointer
  let batch: Batch
  let file: PartFile

  private var size: Int64 { Int64(object.size) }
  private var refusal: Refusal { Refusal(server: batch.server) }

  /// Whether the file is the object. One that only looks like it is emptied, so that it comes anew, once.
  func isWhole(_ course: inout Course) async throws(DeliveryError) -> Bool {
    let here = try file.size()
    if here >= size {
      if here == size, try await isObject() { return true }
      guard !course.isFromStart else { throw try discard("bytes of another digest", from: batch.server.origin) }
      try file.empty()
      course.isFromStart = true
      return size == 0 ? try await isWhole(&course) : false
    }
    if here == 0 { course.isFromStart = true }
    return false
  }

  private func isObject() async throws(DeliveryError) -> Bool {
    do throws(InjectedFailure) { try failpoint(.mediaArrived) } catch {
      throw DeliveryError(.transient, code: "media.local", message: "failpoint \(error.point.rawValue)")
    }
    return await FileDigest.sha256(file.path) == object.oid
  }

  /// An answer that is whole and shorter than the object is not it.
  func requireLength(from origin: Origin) throws(DeliveryError) {
    let here = try file.size()
    guard here < size else { return }
    throw try discard("fewer than its \(size) bytes", from: origin)
  }

  func discard(_ what: String, from origin: Origin) throws(DeliveryError) -> DeliveryError {
    try file.empty()
    return refusal.wrongBytes(object, at: origin, what)
  }

  func request(_ action: Action, from here: Int64) -> Request {
    var headers = action.headers
    if here > 0 { headers.append("range", "bytes=\(here)-") }
    // Whoever keeps the bytes beside the list of them wants the same proof, unless the action brought one.
    if !action.isAuthenticated, headers["authorization"] == nil, let credential = batch.server.credential,
      action.url.origin == credential.origin
    {
      headers.append("authorization", credential.authorization)
    }
    var request = Request(
      .get, action.url, headers: headers, connection: .reusable, redirects: .checked(maximum: 3), deadline: .seconds(6 * 3600),
      sink: FileSink(path: file.path, offset: here, limit: size), stall: .seconds(60))
    request.privateHosts = batch.server.privateHosts
    return request
  }
}
