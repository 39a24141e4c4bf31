/// What a platform accepts, as far as a file can be checked without asking it: handed to validation by whoever knows the platforms.
public struct PlatformSchema: Equatable, Sendable {
  /// The platform's name in account files: `webhook`.
  public let name: String
  /// Keys of a post's `options.NAME`, of an account's `defaults` and of `overrides.ACCOUNT.options`.
  public let options: [Key]
  /// Keys of an account file beyond those that every account has.
  public let parameters: [Key]
  /// The limits of an account that gives none.
  public let limits: Account.Limits
  /// What it publishes; none where it takes any content.
  public let forms: [ContentForm]
  /// What it demands of options together.
  public let rules: [OptionRule]
  /// What it demands of the account, as its last sync saw it.
  public let accountRules: [AccountRule]

  public init(
    name: String, options: [Key], parameters: [Key], limits: Account.Limits = .init(), forms: [ContentForm] = [], rules: [OptionRule] = [],
    accountRules: [AccountRule] = []
  ) {
    self.forms = forms
    self.rules = rules
    self.accountRules = accountRules
    self.name = name
    self.options = options
    self.parameters = parameters
    self.limits = limits
  }

  /// What media of these types make: the form that the first known one belongs to. Media of which nobody knows any type make the first
  /// form with media that takes so many, or else the first with media at all.
  public func form(of types: [MediaType?]) -> ContentForm? {
    guard !types.isEmpty else { return forms.first { $0.media == nil } }
    if let type = types.lazy.compactMap(\.self).first { return forms.first { $0.media?.types.contains(type) ?? false } }
    return forms.first { $0.media?.count.contains(types.count) ?? false } ?? forms.first { $0.media != nil }
  }

  public struct Key: Equatable, Sendable {
    public let name: String
    public let type: ValueType
    public let isRequired: Bool
    /// One sentence for schemas and `--explain`.
    public let summary: String
    /// What the platform takes where nobody gives it.
    public let standard: OptionValue?

    public init(_ name: String, _ type: ValueType, isRequired: Bool = false, standard: OptionValue? = nil, summary: String) {
      self.standard = standard
      self.name = name
      self.type = type
      self.isRequired = isRequired
      self.summary = summary
    }
  }

  public enum ValueType: Equatable, Sendable {
    case flag
    case number(ClosedRange<Int>)
    case text(maximumLength: Int)
    case choice([String])
    case duration
    /// An absolute `https:` or `http:` URL without userinfo.
    case url
  }
}
