/// What a platform demands of options together: one that needs another, one that cannot stand beside it, one that means nothing there.
public struct OptionRule: Equatable, Sendable {
  public enum Demand: Equatable, Sendable {
    /// The option has to be given.
    case needs(String)
    /// The option cannot be given; where a value is named, not that one.
    case forbids(String, OptionValue?)
    /// The option can have this value alone.
    case allows(String, OptionValue)
    /// The option has no effect: a post that gives it is told so; an account's defaults are for its other posts too.
    case ignores(String)
    /// A text has no effect.
    case ignoresText(TextLimit.Field)
    /// The option is the number of one of the media, counted from 0.
    case countsMedia(String)
    /// The option is a moment of the film.
    case liesInFilm(String)
  }

  /// The rule speaks where all of these have these values, given or as the platform's own.
  public let given: Options
  /// And the account's file has these, likewise.
  public let account: Options
  /// And, where one is named, only of posts of this ``ContentForm/name``.
  public let form: String?
  public let demand: Demand
  /// Why, in one sentence.
  public let reason: String

  public init(
    where given: Options = [:], account: Options = [:], in form: String? = nil, _ demand: Demand, because reason: String
  ) {
    self.given = given
    self.account = account
    self.form = form
    self.demand = demand
    self.reason = reason
  }

  func speaks(of options: Options, _ parameters: Options, in form: ContentForm?) -> Bool {
    guard self.form == nil || self.form == form?.name else { return false }
    return given.allSatisfy { options[$0.key] == $0.value } && account.allSatisfy { parameters[$0.key] == $0.value }
  }

  /// `with brand_content: true`, for sentences.
  var condition: String {
    let values = given.merging(account) { $1 }.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }
    return values.isEmpty ? "in \(form ?? "a post")" : "with \(values.joined(separator: ", "))"
  }
}

extension OptionValue {
  /// As a file has it.
  var text: String {
    switch self {
    case .flag(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): value
    case .duration(let value): value.text
    }
  }
}
