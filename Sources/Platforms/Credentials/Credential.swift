public import HTTP
import Schedule

/// What one account proves itself with, and the origin that it may be sent to.
public struct Credential: Equatable, Sendable {
  public let origin: Origin
  private let members: [String: Secret]

  /// The text called `name`, as the platform gave it.
  public subscript(name: String) -> Secret? { members[name] }

  init(origin: Origin, members: [String: Secret]) {
    self.origin = origin
    self.members = members
  }

  /// Reads what ``Credentials/write(_:for:to:)`` wrote. `nil` where it is damaged; never a word of it in an error.
  init?(file bytes: [UInt8]) {
    guard let object = (try? JSON.parse(bytes, limits: .init(size: 65_536, depth: 8)))?.object,  // the reason may quote the secret
      let origin = object["origin"]?.string.flatMap({ Origin($0) })
    else { return nil }
    self.init(origin: origin, members: object.filter { $0.key != "origin" }.compactMapValues { $0.string.map { Secret($0) } })
  }
}
