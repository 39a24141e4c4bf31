/// A public key that seals records: the file `status/keys/ID.json`, written by the first commit that has a record under its seal.
public struct KeyRecord: Equatable, Sendable {
  public var id: String
  /// 32 bytes of Ed25519.
  public var publicKey: [UInt8]
  public var since: Instant
  /// Who made it known.
  public var host: String
  public var incarnation: String
  /// The older key that vouches for this one, if one does: its signature is over ``vouching(for:)``.
  public var signedBy: Seal?
  /// The person who vouches for it, if one does: `posthorn resume --new-key`.
  public var saidBy: String?
  /// The key's own, which proves that whoever wrote the file has it.
  public var seal: Seal?

  public init(
    id: String, publicKey: [UInt8], since: Instant, host: String, incarnation: String, signedBy: Seal? = nil, saidBy: String? = nil
  ) {
    self.id = id
    self.publicKey = publicKey
    self.since = since
    self.host = host
    self.incarnation = incarnation
    self.signedBy = signedBy
    self.saidBy = saidBy
  }

  /// The folder of all keys, and the key's file in it, below the content folder.
  public static let folder = "status/keys"
  public static func file(of id: String) -> String { "\(folder)/\(id).json" }

  /// Which key a file below the content folder is of; `nil` where it is of none.
  public static func id(ofFile file: some StringProtocol) -> String? {
    guard file.hasPrefix("\(folder)/"), file.hasSuffix(".json") else { return nil }
    let id = String(file.dropFirst(folder.utf8.count + 1).dropLast(".json".utf8.count))
    return isID(id) ? id : nil
  }

  public static func isID(_ text: String) -> Bool {
    text.utf8.count == 32 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// What an older key signs for a newer one.
  public static func vouching(for publicKey: [UInt8]) -> [UInt8] { Array("posthorn key\n".utf8) + publicKey }

  public var json: JSON { value() }
  public func bytes() -> [UInt8] { valueBytes() }

  public init(json: JSON) throws(RecordError) {
    let reader = try RecordReader(json)
    try reader.checkSchema()
    self.init(
      id: try reader.required("id", "32 hexadecimal digits") { json throws(RecordError) in json.string.flatMap { Self.isID($0) ? $0 : nil }
      },
      publicKey: try reader.required("public", "32 bytes in base64") { json throws(RecordError) in
        json.string.flatMap { Base64.decode($0) }.flatMap { $0.count == 32 ? $0 : nil }
      },
      since: try reader.instant("since"), host: try reader.text("host"), incarnation: try reader.text("incarnation"),
      signedBy: try reader.optional("signed_by", "a key and a signature") { json throws(RecordError) in
        Seal(of: [Seal.member: json])
      },
      saidBy: try reader.optionalText("said_by"))
    seal = Seal(of: json)
  }
}

extension KeyRecord: JSONForm {
  func add(to members: inout some Members & ~Copyable) {
    members.add("host", host)
    members.add("id", id)
    members.add("incarnation", incarnation)
    members.add("public", Base64.encode(publicKey))
    members.add("said_by", saidBy)
    members.add("schema", 1)
    if let seal { members.add("seal", seal) }
    members.add("signed_by", signedBy)
    members.add("since", since)
  }
}
