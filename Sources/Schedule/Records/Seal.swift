/// Who vouches for a record: a key, by its name, and that key's signature over the record as it is without the seal.
///
/// Whatever lies in the repository was written by whoever can push to it. A record with the seal of a key that the host has was written by
/// us; one without may hold its delivery back, and nothing else (N1).
public struct Seal: Equatable, Sendable {
  /// 32 hexadecimal digits; see ``KeyRecord``.
  public var key: String
  /// 64 bytes of Ed25519.
  public var signature: [UInt8]

  public init(key: String, signature: [UInt8]) { (self.key, self.signature) = (key, signature) }

  /// The seal that stands in a record; `nil` where there is none, or something that is none.
  public init?(of record: JSON) {
    guard let members = record.object?[Self.member]?.object, let key = members["key"]?.string, KeyRecord.isID(key),
      let signature = members["signature"]?.string.flatMap({ Base64.decode($0) })
    else { return nil }
    self.init(key: key, signature: signature)
  }

  /// What a seal is made over: the record's file as it would be without the seal. Fields that this version does not know are part of it.
  public static func message(of record: JSON) -> [UInt8] {
    guard var members = record.object else { return record.bytes() }
    members[member] = nil
    return JSON.object(members).bytes()
  }

  public static let member = "seal"

  public var json: JSON { value() }
}

extension Seal: JSONForm {
  func add(to members: inout some Members & ~Copyable) {
    members.add("key", key)
    members.add("signature", Base64.encode(signature))
  }
}
