import Git
import Schedule
import Signatures

/// A holder's word, in the message of the commit that removes its claims, that it was allowed to: nothing was sent under them. A claim that goes
/// without it, and without a record, was taken away by somebody else.
struct GivenBack: Equatable {
  /// The files, as they were.
  var claims: [ObjectID]
  var seal: Seal

  private static let trailer = "Posthorn-Given-Back: "

  /// What the seal is over.
  static func message(of claims: [ObjectID]) -> [UInt8] { Array(("given back " + claims.map(\.hex).joined(separator: " ")).utf8) }

  /// A line of a commit's message; nothing where nothing is given back.
  static func line(_ claims: [ObjectID], _ key: SigningKey) throws -> String {
    guard !claims.isEmpty else { return "" }
    let signature = try key.signature(of: message(of: claims))
    return "\(trailer)\(key.publicKey.id) \(Base64.encode(signature)) \(claims.map(\.hex).joined(separator: " "))\n"
  }

  /// - Parameter message: of a commit that anybody may have made.
  init?(message: String) {
    guard let line = message.split(separator: "\n").last(where: { $0.hasPrefix(Self.trailer) }) else { return nil }
    let words = line.dropFirst(Self.trailer.count).split(separator: " ")
    guard words.count > 2, KeyRecord.isID(String(words[0])), let signature = Base64.decode(String(words[1])) else { return nil }
    claims = words.dropFirst(2).compactMap { ObjectID(hex: String($0)) }
    guard claims.count == words.count - 2 else { return nil }
    seal = Seal(key: String(words[0]), signature: signature)
  }
}
