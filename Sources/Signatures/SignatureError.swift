/// Why a signature does not vouch for what it stands on.
public enum SignatureError: Error, Equatable, Sendable, CustomStringConvertible {
  case unsigned
  /// The bytes are no signature, or not one that may be believed.
  case malformed(String)
  /// A kind of key, hash or format that is not accepted.
  case unsupported(String)
  /// No key that the host names made it; the key's fingerprint.
  case unknownKey(String)
  /// It is of that key, and was made for something else: the content was changed, or the signature taken from elsewhere.
  case mismatch(String)
  /// The key was not valid at the time.
  case notValid(String)

  public var description: String {
    switch self {
    case .unsigned: "it is not signed"
    case .malformed(let why): "its signature is malformed: \(why)"
    case .unsupported(let what): "its signature uses \(what), which is not accepted"
    case .unknownKey(let key): "it is signed by \(key), which no key of this host's files is"
    case .mismatch(let key): "its signature by \(key) is of something else"
    case .notValid(let why): "its signature does not count: \(why)"
    }
  }
}

/// Why a file with the keys of those who may sign cannot be used.
public struct SignerFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Counted from 1; `nil` for the file as a whole.
  public let line: Int?
  public let reason: String

  public init(line: Int?, reason: String) { (self.line, self.reason) = (line, reason) }

  public var description: String { (line.map { "line \($0) " } ?? "it ") + reason }
}

extension StringProtocol {
  /// As an error may quote it, whoever wrote it: short, and nothing that a terminal would act on.
  var quoted: String { String(String.UnicodeScalarView(unicodeScalars.prefix(64).map { (0x20...0x7E).contains($0.value) ? $0 : "?" })) }
}
