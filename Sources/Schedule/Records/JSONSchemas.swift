/// A format of Posthorn, in or out, that has a JSON Schema: what `posthorn schema NAME` prints, for editors and other programs.
public enum JSONSchemas: String, CaseIterable, Sendable {
  case post, account, settings, history, status, claim, double, key, burst, export, webhook
  case accountStatus = "account-status"

  /// The schema in draft-07, the version that editors understand best. The options and parameters are those of `platforms`.
  ///
  /// It says what a file on its own can be checked for; `posthorn validate` also knows the rest of the repository.
  ///
  /// - Parameters:
  ///   - zones: the names that there are, where editors should offer them and refuse others.
  ///   - accounts: the platform of each account, likewise; `nil` for one whose file has errors.
  public func schema(platforms: [PlatformSchema], zones: [String] = [], accounts: [AccountName: String?] = [:]) -> JSON {
    var members: [String: JSON] =
      switch self {
      case .post: SchemaParts.post(platforms, zones, accounts)
      case .account: SchemaParts.account(platforms, zones)
      case .settings: SchemaParts.settings(zones, accounts)
      case .history: SchemaParts.history()
      case .status: SchemaParts.status()
      case .claim: SchemaParts.claim()
      case .double: SchemaParts.double()
      case .key: SchemaParts.key()
      case .burst: SchemaParts.burst()
      case .export: SchemaParts.export()
      case .accountStatus: SchemaParts.accountStatus()
      case .webhook: SchemaParts.webhook()
      }
    members["$schema"] = "http://json-schema.org/draft-07/schema#"
    members["title"] = .string("posthorn \(rawValue)")
    return .object(members)
  }
}

/// Schemas of values that stand in several formats.
enum SchemaParts {
  typealias Members = [String: JSON]

  /// An object with exactly `properties`.
  static func closed(_ properties: Members, required: [String] = [], _ description: String) -> Members {
    var members = open(properties, required: required, description)
    members["additionalProperties"] = false
    return members
  }

  /// An object with at least `properties`, to which a later version may add.
  static func open(_ properties: Members, required: [String], _ description: String) -> Members {
    var members: Members = ["type": "object", "description": .string(description), "properties": .object(properties)]
    if !required.isEmpty { members["required"] = .array(required.sorted().map(JSON.string)) }
    return members
  }

  static func text(_ description: String, pattern: String? = nil) -> JSON {
    var members: Members = ["type": "string", "description": .string(description)]
    if let pattern { members["pattern"] = .string(pattern) }
    return .object(members)
  }

  /// What people write as text. YAML takes `title: 2026` for a number and `title: true` for a truth; the field that receives it takes it for
  /// the text that it is.
  static func words(_ description: String, pattern: String? = nil, maximum: Int? = nil) -> JSON {
    var members: Members = ["type": ["string", "number", "boolean"], "description": .string(description)]
    if let pattern { members["pattern"] = .string(pattern) }
    if let maximum { members["maxLength"] = JSON(maximum) }
    return .object(members)
  }

  static func whole(_ description: String, minimum: Int = 1, maximum: Int? = nil) -> JSON {
    var members: Members = ["type": "integer", "description": .string(description), "minimum": JSON(minimum)]
    if let maximum { members["maximum"] = JSON(maximum) }
    return .object(members)
  }

  static func list(_ items: JSON, _ description: String, minimum: Int = 0, maximum: Int? = nil, isSet: Bool = false) -> JSON {
    var members: Members = ["type": "array", "description": .string(description), "items": items, "minItems": JSON(minimum)]
    if isSet { members["uniqueItems"] = true }
    if let maximum { members["maxItems"] = JSON(maximum) }
    return .object(members)
  }

  static func choice(_ names: [String], _ description: String) -> JSON {
    ["type": "string", "description": .string(description), "enum": .array(names.map(JSON.string))]
  }

  static func flag(_ description: String) -> JSON { ["type": "boolean", "description": .string(description)] }

  /// `part`, or null.
  static func nullable(_ part: JSON) -> JSON { ["anyOf": [part, ["type": "null"]]] }

  static let identifier = "^[a-z0-9][a-z0-9._-]{0,127}$"
  static let wallClock = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"
  static let writtenTime = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$"
  /// An address without user name and password.
  static let url = "^https?://[^/?#@\\s]+([/?#]\\S*)?$"
  static let mediaURL = "^[hH][tT][tT][pP][sS]://[^/?#@\\s]+([/?#]\\S*)?$"
  /// Relative, without a part that is empty, `.`, `..` or `.git`, without backslash and control characters.
  static let mediaPath = #"^(?!(.*/)?(\.|\.\.|\.[gG][iI][tT])?(/|$))[^\\\u0000-\u001f]+$"#
  static let states = DeliveryState.Name.allCases.map(\.rawValue)

  static func duration(_ description: String) -> JSON { text("\(description): 90s, 5m, 1h or 2d", pattern: "^[0-9]{1,12}[smhd]$") }
  static func timezone(_ description: String, _ zones: [String] = []) -> JSON {
    let description = "\(description); an IANA name such as America/New_York"
    return zones.isEmpty ? text(description) : choice(zones, description)
  }

  /// The name of an account; one of those that there are, where they are known.
  static func accountName(_ description: String, _ accounts: [AccountName: String?]) -> JSON {
    guard !accounts.isEmpty else { return words(description, pattern: identifier) }
    return ["description": .string(description), "enum": .array(accounts.keys.sorted().map { .string($0.text) })]
  }

  static let suspend: JSON = [
    "description": "Holds it back, visibly: true, or a reason and a time until which",
    "oneOf": [
      ["type": "boolean"],
      .object(
        closed(
          ["reason": words("Why", maximum: 1000), "until": text("A wall-clock time such as 2026-11-26T18:00", pattern: wallClock)],
          "Why, and until when; without a time until the key is removed")),
    ],
  ]

  /// The value of a platform's key.
  static func value(_ key: PlatformSchema.Key) -> JSON {
    switch key.type {
    case .flag: flag(key.summary)
    case .number(let range): whole(key.summary, minimum: range.lowerBound, maximum: range.upperBound)
    case .text(let maximum): words(key.summary, maximum: maximum)
    case .choice(let names): choice(names, key.summary)
    case .duration: duration(key.summary)
    case .url: text(key.summary, pattern: url)
    }
  }

  /// The options of one platform. None is required: what a post leaves out its account may give.
  static func options(_ platform: PlatformSchema) -> JSON {
    .object(closed(properties(platform.options), "Options of \(platform.name)"))
  }

  static func properties(_ keys: [PlatformSchema.Key]) -> Members { Members(keys.map { ($0.name, value($0)) }) { $1 } }
}
