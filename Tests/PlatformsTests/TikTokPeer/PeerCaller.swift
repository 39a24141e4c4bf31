import HTTP
import Schedule
import Synchronization
import Testing

@testable import Support

/// A client of the peer that says exactly what a test wants to have said, right or wrong.
final class PeerCaller: Sendable {
  let peer: TikTokPeer
  let clock = TestClock()
  let client = Client(.init(policy: .init(allowsPrivateHosts: true)))

  struct Answer {
    var status: Int
    var headers: Headers
    var json: JSON?
    /// Of either envelope.
    var code: String? { json?["error"]?["code"]?.string ?? json?["error"]?.string }
  }

  init(_ settings: TikTokPeer.Settings = .init()) throws {
    let clock = clock
    peer = try TikTokPeer(settings, now: { clock.now })
  }

  func end() async {
    peer.stop()
    await client.shutdown()
  }

  func send(
    _ method: Request.Method, _ path: String, headers: Headers = [:], body: [UInt8]? = nil, deadline: Duration = .seconds(20)
  ) async throws -> Answer {
    let response = try await client.send(
      Request(method, try Endpoint(peer.origin + path), headers: headers, body: body, deadline: deadline))
    return Answer(status: response.status, headers: response.headers, json: try? JSON.parse(response.body))  // uploads have none
  }

  /// A call with a body of JSON and the token of `login`.
  func post(_ path: String, _ token: String, _ json: JSON? = nil) async throws -> Answer {
    try await send(
      .post, "/v2/" + path, headers: ["authorization": "Bearer \(token)", "content-type": "application/json; charset=UTF-8"],
      body: json?.compactBytes() ?? [])
  }

  func form(_ path: String, _ form: [String: String]) async throws -> Answer {
    let text = form.sorted { $0.key < $1.key }.map { "\($0.key)=\(TikTokForm.encode($0.value))" }.joined(separator: "&")
    return try await send(
      .post, "/v2/oauth/\(path)/", headers: ["content-type": "application/x-www-form-urlencoded"], body: Array(text.utf8))
  }

  /// One chunk of an upload.
  func put(
    _ url: String, _ range: ClosedRange<Int64>, of total: Int64, byte: UInt8 = 7, type: String = "video/mp4", more: Headers = [:]
  ) async throws -> Answer {
    var headers: Headers = ["content-type": type, "content-range": "bytes \(range.lowerBound)-\(range.upperBound)/\(total)"]
    for field in more.fields { headers.append(field.name, field.value) }
    return try await send(
      .put, String(url.dropFirst(peer.origin.count)), headers: headers, body: [UInt8](repeating: byte, count: range.count))
  }

  /// The members of a new pair of tokens.
  func login(scopes: [String] = TikTokPeer.Scope.all, openID: String? = nil) throws -> [String: String] {
    try #require(try JSON.parse(Array(peer.login(scopes: scopes, openID: openID).utf8)).object).compactMapValues(\.string)
  }

  func token(scopes: [String] = TikTokPeer.Scope.all, openID: String? = nil) throws -> String {
    try #require(try login(scopes: scopes, openID: openID)["access_token"])
  }

  /// A direct post that TikTok takes, up to its first byte.
  func begin(_ token: String, size: Int64 = 1000, chunk: Int64? = nil) async throws -> (id: String, url: String) {
    _ = try await post("post/publish/creator_info/query/", token)
    let answer = try await post("post/publish/video/init/", token, .directPost(size: size, chunk: chunk))
    return (
      try #require(answer.json?["data"]?["publish_id"]?.string), try #require(answer.json?["data"]?["upload_url"]?.string)
    )
  }
}

extension JSON {
  /// What a client that keeps to the documentation sends.
  static func directPost(size: Int64 = 1000, chunk: Int64? = nil) -> JSON {
    let chunk = chunk ?? size
    return [
      "post_info": [
        "privacy_level": "PUBLIC_TO_EVERYONE", "title": "Doors open #horns", "disable_comment": true, "disable_duet": true,
        "disable_stitch": true, "brand_content_toggle": false, "brand_organic_toggle": false,
      ],
      "source_info": [
        "source": "FILE_UPLOAD", "video_size": .int(size), "chunk_size": .int(chunk), "total_chunk_count": .int(size / chunk),
      ],
    ]
  }

  static let photoPost: JSON = [
    "media_type": "PHOTO", "post_mode": "DIRECT_POST",
    "post_info": [
      "title": "Doors", "description": "Doors open", "privacy_level": "SELF_ONLY", "disable_comment": false, "auto_add_music": true,
      "brand_content_toggle": false, "brand_organic_toggle": false,
    ],
    "source_info": [
      "source": "PULL_FROM_URL", "photo_images": ["https://media.example.org/1.webp", "https://media.example.org/2.webp"],
      "photo_cover_index": 1,
    ],
  ]

  /// The same with another value at a path; `nil` removes it.
  func with(_ path: String, _ value: JSON?) -> JSON {
    var members = object ?? [:]
    let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
    if parts.count == 1 { members[parts[0]] = value } else { members[parts[0]] = (members[parts[0]] ?? [:]).with(parts[1], value) }
    return .object(members)
  }
}
