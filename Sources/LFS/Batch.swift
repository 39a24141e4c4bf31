import HTTP
import Schedule

/// The question where an object can be downloaded, and its answer.
///
/// - Source: Git LFS, docs/api/batch.md.
struct Batch: Sendable {
  let server: Server
  let object: LFSPointer
  let branch: String

  private static let mediaType = "application/vnd.git-lfs+json"

  func request(_ url: Endpoint) -> Request {
    let body: JSON = [
      "operation": "download", "transfers": ["basic"], "hash_algo": "sha256", "ref": ["name": .string("refs/heads/\(branch)")],
      "objects": [["oid": .string(object.oid), "size": JSON(object.size)]],
    ]
    var headers: Headers = ["accept": Self.mediaType, "content-type": Self.mediaType]
    if let credential = server.credential { headers.append("authorization", credential.authorization) }
    var request = Request(.post, url, headers: headers, body: body.compactBytes(), connection: .reusable, bodyLimit: 1 << 20)
    request.privateHosts = server.privateHosts
    return request
  }

  /// What an answer of any status says to do.
  func action(_ response: Response, now: Instant) throws(DeliveryError) -> Action {
    let refusal = Refusal(server: server)
    let json = json(response)
    guard response.status == 200 else { throw refusal.ofBatch(response, json?["message"]?.string, now: now) }
    guard let json, let objects = json["objects"]?.array else { throw refusal.unreadable }
    guard json["transfer"].map({ $0.string == "basic" }) ?? true, json["hash_algo"].map({ $0.string == "sha256" }) ?? true else {
      throw refusal.unsupported
    }
    guard let found = objects.first(where: { $0["oid"]?.string == object.oid }) else { throw refusal.unreadable }
    if let error = found["error"], !error.isNull {
      throw refusal.ofObject(object, code: error["code"]?.int ?? 0, error["message"]?.string)
    }
    guard found["size"]?.int == Int64(object.size) else { throw refusal.otherSize(object) }
    guard let download = found["actions"]?["download"] else { throw refusal.ofObject(object, code: 404, nil) }
    guard let action = Action(download, of: server.choice, isAuthenticated: found["authenticated"]?.bool ?? false, askedAt: now) else {
      throw refusal.unreadable
    }
    return action
  }

  private func json(_ response: Response) -> JSON? {
    let type = response.headers["content-type"]?.split(separator: ";").first?.lowercased().split(separator: " ").joined() ?? ""
    guard !response.isTruncated, type == Self.mediaType || type == "application/json" else { return nil }
    return try? JSON.parse(response.body, limits: .init(size: 1 << 20, depth: 16))  // what is wrong with it does not matter
  }
}
