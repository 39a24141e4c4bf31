import Schedule

/// The first words of an answer, for the people who read records: on one line, escaped, cut, and without what must not be shown.
struct AnswerWords {
  /// In quotes; `nil` where the answer says nothing.
  let text: String?

  static let most = 200

  /// - Parameter secrets: texts that the receiver may have repeated; `***` stands for each.
  init(of body: [UInt8], without secrets: [String] = []) {
    // More than is shown, as escapes take room; a secret is looked for before anything is cut inside it.
    var words = String(decoding: body.prefix(Self.looked), as: UTF8.self)
    for secret in secrets where !secret.isEmpty { words.replace(secret, with: "***") }
    let line = words.split(whereSeparator: \.isWhitespace).joined(separator: " ").printable
    let scalars = line.unicodeScalars
    guard !scalars.isEmpty else {
      text = nil
      return
    }
    let shown = String(String.UnicodeScalarView(scalars.prefix(Self.most)))
    text = scalars.count > Self.most ? "\"\(shown)…\"" : "\"\(shown)\""
  }

  private static let looked = 4096
}
