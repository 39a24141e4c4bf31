/// What a platform demands of options together: one that needs another, or that cannot stand beside it.
public struct OptionRule: Equatable, Sendable {
  public enum Demand: Equatable, Sendable {
    /// The option has to be given.
    case needs(String)
    /// The option cannot be given; where a value is named, not that one.
    case forbids(String, OptionValue?)
  }

  /// The rule speaks where all of these have these values, given or as the platform's own.
  public let given: Options
  /// And, where one is named, only of posts of this ``ContentForm/name``.
  public let form: String?
  public let demand: Demand
  /// Why, in one sentence.
  public let reason: String

  public init(where given: Options = [:], in form: String? = nil, _ demand: Demand, because reason: String) {
    self.given = given
    self.form = form
    self.demand = demand
    self.reason = reason
  }

  func speaks(of options: Options, in form: ContentForm?) -> Bool {
    guard self.form == nil || self.form == form?.name else { return false }
    return given.allSatisfy { options[$0.key] == $0.value }
  }

  /// `brand_content: true`, for sentences; empty where the rule holds always.
  var condition: String { given.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }.joined(separator: ", ") }
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
