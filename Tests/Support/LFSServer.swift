import Crypto
import Foundation
import Schedule
import Synchronization

/// A Git LFS server with basic transfers, as the real client wants it: the list on one port, the bytes on another.
///
/// It is strict: what a request lacks, or has too much, is answered with 400 and stands in ``violations``.
public final class LFSServer: Sendable {
  /// What goes wrong, once, with the next request that it concerns.
  public enum Fault: Equatable, Sendable {
    /// The list answers so.
    case list(Int, headers: [String: String] = [:], type: String = "application/vnd.git-lfs+json", body: String = #"{"message": "no"}"#)
    /// The list says so of the object.
    case object(Int)
    /// The bytes answer so.
    case bytes(Int, headers: [String: String] = [:], body: String = "")
    /// The connection ends after so many bytes.
    case cut(after: Int)
    /// So many bytes come, and the answer says that this is all.
    case short(Int)
    /// Other bytes come, as many.
    case otherBytes
    /// More bytes come than the object has.
    case long
    /// The whole object comes, whatever part was asked for.
    case wholeForPart
    /// The action is too old by the time it is used.
    case expired
    /// The action says itself that its time is over.
    case expiring
  }

  private struct State {
    var objects: [String: [UInt8]] = [:]
    var faults: [Fault] = []
    var violations: [String] = []
    var staleTokens: Set<String> = []
    var tokens = 0
  }

  private let state = Mutex(State())
  private let listing: ListServer
  private let keeping: Receiver
  /// In each address and header that it gives away.
  public static let canary = "lfs-canary"

  /// - Parameters:
  ///   - login: who may ask; nobody has to prove it otherwise, and nobody should.
  ///   - gate: what the bytes wait for.
  public init(login: (user: String, password: String)? = nil, at path: String = "/team.git/info/lfs", after gate: Gate? = nil) throws {
    let authorization = login.map { "Basic " + Data("\($0.user):\($0.password)".utf8).base64EncodedString() }
    keeping = try Receiver { [behind] arrival in
      let answer = behind.server?.bytes(arrival) ?? .hangUp
      return gate.map { .after($0, answer) } ?? answer
    }
    listing = ListServer(receiver: try Receiver { [behind] in behind.server?.list($0, authorization) ?? .hangUp }, path: path)
    behind.server = self
  }

  /// Lets go of the server when it stops: the receivers that it owns hold this.
  private final class Behind: Sendable {
    private let held = Mutex<LFSServer?>(nil)
    var server: LFSServer? {
      get { held.withLock { $0 } }
      set { held.withLock { $0 = newValue } }
    }
  }
  private let behind = Behind()

  private struct ListServer {
    let receiver: Receiver
    let path: String
  }

  /// What `lfs.url` would be.
  public var url: String { listing.receiver.url(listing.path) }
  public var port: UInt16 { listing.receiver.port }
  /// The questions, and the requests for bytes, as they came.
  public var questions: [Receiver.Arrival] { listing.receiver.arrivals }
  public var downloads: [Receiver.Arrival] { keeping.arrivals.filter { $0.method == "GET" } }
  public var violations: [String] { state.withLock { $0.violations } }
  public var objects: [String: [UInt8]] { state.withLock { $0.objects } }
  public var bytesURL: String { keeping.url() }

  public func waitForDownloads(_ count: Int) async { await keeping.waitForArrivals(count) }
  public func inject(_ faults: Fault...) { state.withLock { $0.faults += faults } }

  /// Keeps an object; its pointer, as git has it.
  @discardableResult
  public func put(_ bytes: [UInt8]) -> String {
    let oid = Self.oid(of: bytes)
    state.withLock { $0.objects[oid] = bytes }
    return Self.pointer(oid, bytes.count)
  }

  public static func oid(of bytes: [UInt8]) -> String { SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined() }
  public static func pointer(_ oid: String, _ size: Int) -> String {
    "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize \(size)\n"
  }

  public func stop() {
    listing.receiver.stop()
    keeping.stop()
    behind.server = nil
  }
}

extension LFSServer {
  private func list(_ arrival: Receiver.Arrival, _ authorization: String?) -> Receiver.Answer {
    guard arrival.method == "POST", arrival.target == listing.path + "/objects/batch" else { return .reply(404) }
    let type = "application/vnd.git-lfs+json"
    for name in ["accept", "content-type"] where arrival.headers[name]?.split(separator: ";").first.map(String.init) != type {
      return violation("\(name) of a question is \(arrival.headers[name] ?? "missing")")
    }
    guard let json = try? JSON.parse(arrival.body), let operation = json["operation"]?.string,
      let wanted = json["objects"]?.array, json["transfers"]?.array?.contains("basic") ?? true, (json["hash_algo"] ?? "sha256") == "sha256"
    else { return violation("a question is none: \(String(decoding: arrival.body, as: UTF8.self))") }
    if authorization == nil, arrival.headers["authorization"] != nil { return violation("a login that nobody asked for") }
    if let authorization, arrival.headers["authorization"] != authorization {
      return reply(401, ["lfs-authenticate": #"Basic realm="test""#], #"{"message": "login at https://\#(Self.canary)/ first"}"#)
    }
    if case .list(let status, let headers, let type, let body)? = take({ if case .list = $0 { true } else { false } }) {
      return reply(status, headers, body, type: type)
    }
    let answers = wanted.map { answer(to: $0, operation) }
    return reply(200, [:], JSON.object(["transfer": "basic", "objects": .array(answers), "hash_algo": "sha256"]).text())
  }

  private func answer(to object: JSON, _ operation: String) -> JSON {
    guard let oid = object["oid"]?.string, let size = object["size"]?.int else { return [:] }
    if case .object(let code)? = take({ if case .object = $0 { true } else { false } }) {
      return ["oid": .string(oid), "size": .int(size), "error": ["code": .int(Int64(code)), "message": "of the object"]]
    }
    let isHere = state.withLock { $0.objects[oid] != nil }
    if operation == "upload" {
      return isHere
        ? ["oid": .string(oid), "size": .int(size)]
        : ["oid": .string(oid), "size": .int(size), "authenticated": true, "actions": ["upload": action(oid, 3600)]]
    }
    guard isHere else {
      return ["oid": .string(oid), "size": .int(size), "error": ["code": 404, "message": "Object does not exist"]]
    }
    let isStale = take { $0 == .expired } != nil
    let isOver = take { $0 == .expiring } != nil
    return [
      "oid": .string(oid), "size": .int(size), "authenticated": true,
      "actions": ["download": action(oid, isOver ? -10 : 3600, isStale: isStale)],
    ]
  }

  private func action(_ oid: String, _ seconds: Int64, isStale: Bool = false) -> JSON {
    let token = state.withLock { state in
      state.tokens += 1
      let token = "\(Self.canary)-\(state.tokens)"
      if isStale { state.staleTokens.insert(token) }
      return token
    }
    return [
      "href": .string(keeping.url("/\(oid)?token=\(token)")), "header": ["X-Key": .string(token), "Host": "elsewhere.example"],
      "expires_in": .int(seconds),
    ]
  }

  private func bytes(_ arrival: Receiver.Arrival) -> Receiver.Answer {
    let parts = arrival.target.dropFirst().split(separator: "?token=")
    guard parts.count == 2 else { return violation("the bytes of \(arrival.target)") }
    let (oid, token) = (String(parts[0]), String(parts[1]))
    guard arrival.headers["x-key"] == token else { return violation("an action without its header") }
    guard arrival.headers["authorization"] == nil else { return violation("a login where the bytes are") }
    guard arrival.headers["host"] == "127.0.0.1:\(keeping.port)" else { return violation("a host that the server chose") }
    if arrival.method == "PUT" {
      guard Self.oid(of: arrival.body) == oid else { return violation("other bytes than announced") }
      put(arrival.body)
      return .ok
    }
    guard !state.withLock({ $0.staleTokens.contains(token) }) else { return .reply(403, body: Array("<Error>\(Self.canary)</Error>".utf8)) }
    guard let object = state.withLock({ $0.objects[oid] }) else { return .reply(404) }
    return download(object, from: arrival.headers["range"])
  }

  private func download(_ object: [UInt8], from range: String?) -> Receiver.Answer {
    let start = range.flatMap { $0.hasPrefix("bytes=") && $0.hasSuffix("-") ? Int($0.dropFirst(6).dropLast()) : nil } ?? 0
    guard range == nil || start > 0 else { return violation("the range \(range ?? "")") }
    guard start < max(1, object.count) else { return .reply(416) }
    let rest = Array(object[start...])
    let fault = take {
      switch $0 {
      case .bytes, .cut, .short, .otherBytes, .long: true
      case .wholeForPart: start > 0
      default: false
      }
    }
    switch fault {
    case .bytes(let status, let headers, let body)?: return .reply(status, headers: headers, body: Array(body.utf8))
    case .cut(let count)?:
      let text = String(decoding: rest.prefix(count), as: UTF8.self)
      let head = partial(start, object).map { "\($0): \($1)\r\n" }.joined()
      return .raw("HTTP/1.1 \(start == 0 ? 200 : 206) Status\r\n\(head)content-length: \(rest.count)\r\n\r\n\(text)")
    case .short(let count)?: return .reply(start == 0 ? 200 : 206, headers: partial(start, object), body: Array(rest.prefix(count)))
    case .otherBytes?: return .reply(start == 0 ? 200 : 206, headers: partial(start, object), body: rest.map { $0 ^ 1 })
    case .long?: return .reply(start == 0 ? 200 : 206, headers: partial(start, object), body: rest + [0x21])
    case .wholeForPart?: return .reply(200, body: object)
    default: return .reply(start == 0 ? 200 : 206, headers: partial(start, object), body: rest)
    }
  }

  private func partial(_ start: Int, _ object: [UInt8]) -> [String: String] {
    start == 0 ? [:] : ["content-range": "bytes \(start)-\(object.count - 1)/\(object.count)"]
  }

  private func take(_ isIt: (Fault) -> Bool) -> Fault? {
    state.withLock { state in state.faults.firstIndex(where: isIt).map { state.faults.remove(at: $0) } }
  }

  private func violation(_ what: String) -> Receiver.Answer {
    state.withLock { $0.violations.append(what) }
    return .reply(400)
  }

  private func reply(
    _ status: Int, _ headers: [String: String] = [:], _ body: String, type: String = "application/vnd.git-lfs+json"
  ) -> Receiver.Answer {
    .reply(status, headers: headers.merging(["content-type": type]) { $1 }, body: Array(body.utf8))
  }
}
