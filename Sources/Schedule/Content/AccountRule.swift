/// What the last sync of an account has to allow: a platform says which options, forms and scopes that concerns.
public struct AccountRule: Equatable, Sendable {
  public enum Demand: Equatable, Sendable {
    /// The option's value is a privacy level that the account may choose.
    case offers(String)
    /// The interaction is not off for all that the account publishes, unless the option says that it is off here.
    case allows(Interaction, unless: String)
    /// The film is not longer than the account may publish.
    case takesFilm
    /// The login was granted the scope.
    case grants(String)
  }

  public enum Interaction: String, Sendable {
    case comment, duet, stitch
  }

  /// The rule speaks where all of these have these values, given or as the platform's own.
  public let given: Options
  /// And, where one is named, only of posts of this ``ContentForm/name``.
  public let form: String?
  public let demand: Demand

  public init(where given: Options = [:], in form: String? = nil, _ demand: Demand) {
    self.given = given
    self.form = form
    self.demand = demand
  }

  func speaks(of options: Options, in form: ContentForm?) -> Bool {
    (self.form == nil || self.form == form?.name) && given.allSatisfy { options[$0.key] == $0.value }
  }
}
