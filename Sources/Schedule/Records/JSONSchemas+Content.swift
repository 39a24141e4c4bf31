/// The formats that people write.
extension SchemaParts {
  static func post(_ platforms: [PlatformSchema], _ zones: [String], _ accounts: [AccountName: String?]) -> Members {
    let media = list(mediaItem, "Files that go with it, in order", maximum: Media.most)
    let byPlatform = Members(platforms.map { ($0.name, options($0)) }) { $1 }
    // Which platform an account has is not known without the accounts: any platform's options may stand.
    let anyOptions: JSON = ["anyOf": .array(platforms.map(options)), "description": "Options of the account's platform"]
    func override(_ options: JSON) -> JSON {
      .object(
        closed(
          ["title": words("Its title there"), "caption": words("Its text there"), "media": media, "options": options],
          "What differs for one account"))
    }
    var overrides: Members = ["type": "object", "description": "Per account", "additionalProperties": false]
    if accounts.isEmpty {
      overrides["patternProperties"] = [identifier: override(platforms.isEmpty ? ["type": "object"] : anyOptions)]
    } else {
      overrides["properties"] = .object(
        Members(
          accounts.map { name, platform in
            (name.text, override(platforms.first { $0.name == platform }.map(options) ?? ["type": "object"]))
          }
        ) { $1 })
    }
    return closed(
      [
        "scheduled_time": text(
          "The wall-clock time at which it goes out, such as 2026-11-27T09:00; an offset only to tell two occurrences apart",
          pattern: writtenTime),
        "timezone": timezone("The zone of scheduled_time; the account's or the settings' otherwise", zones),
        "accounts": list(accountName("The name of a file under accounts/", accounts), "Where it goes", minimum: 1, isSet: true),
        "title": words("Where a platform has titles"), "caption": words("Its text"), "media": media,
        "options": .object(closed(byPlatform, "Per platform")),
        "overrides": .object(overrides),
        "grace": duration("How late it may still go out; the settings' otherwise"), "suspend": suspend,
        "id": words("Its identity; the file's stem otherwise", pattern: identifier),
        "repeats": words("The id of a post that went out and that this one says again, on purpose", pattern: identifier),
      ], required: ["scheduled_time", "accounts"], "A post: when it goes out, where, and what it says")
  }

  static func account(_ platforms: [PlatformSchema], _ zones: [String]) -> Members {
    let parameters = Set(platforms.flatMap(\.parameters).map(\.name))
    var properties: Members = [
      "platform": choice(platforms.map(\.name), "The kind of destination"), "handle": words("What it is called there"),
      "timezone": timezone("The default zone of its posts", zones),
      "defaults": ["type": "object", "description": "The platform's options, where a post gives none"],
      "limits": .object(limits), "suspend": suspend,
    ]
    for name in parameters { properties[name] = true }
    var members = closed(properties, required: ["platform"], "An account: where posts can go. Never a secret")
    let rules: [JSON] = platforms.map { platform in
      var allowed = self.properties(platform.parameters)
      for name in parameters where allowed[name] == nil { allowed[name] = false }
      allowed["defaults"] = options(platform)
      let required = platform.parameters.filter(\.isRequired).map { JSON.string($0.name) }
      return [
        "if": ["properties": ["platform": ["const": .string(platform.name)]], "required": ["platform"]],
        "then": ["properties": .object(allowed), "required": .array(required)],
      ]
    }
    if !rules.isEmpty { members["allOf"] = .array(rules) }
    return members
  }

  static func settings(_ zones: [String], _ accounts: [AccountName: String?]) -> Members {
    let account = accountName("The account that is told", accounts)
    return closed(
      [
        "grace": duration("How late a post may still go out; 1h otherwise"),
        "retry": .object(
          closed(
            [
              "delays": list(
                duration("A wait"), "The wait after the first failure, after the second, and so on; 5m, 15m and 30m otherwise", maximum: 100
              )
            ],
            "When a delivery that failed is tried again")),
        "timezone": timezone("The zone of posts whose account has none", zones),
        "record": .object(
          closed(
            [
              "branch": words("The branch that records go to; the one that posts are read from otherwise"),
              "interval": duration("The shortest time between two record commits, but for a backlog of 2,000 outcomes; 2s otherwise"),
            ], "How history and status are committed")),
        "notify": list(
          .object(
            closed(
              [
                "on": list(
                  choice(
                    Settings.Occasion.allCases.map(\.rawValue),
                    "A state, or at_risk: refused in a way that may pass (404, 423, 425), and tried again"),
                  "What is told", minimum: 1, isSet: true), "account": account,
              ],
              required: ["on", "account"],
              "What is told to whom")),
          "Who is told what", maximum: Settings.mostNotifications),
        "policy": .object(
          closed(
            [
              "require_signed": flag("Whether every commit must be signed; false otherwise"),
              "require_sealed": flag("Whether records count only under the seal of a key that the host was given; false otherwise"),
              "burst": whole(
                "More deliveries than this that become due within an hour through one fetch are held; 1000 otherwise", minimum: 0),
            ], "What the repository asks of its commits")),
      ], "Settings; every key has a default")
  }

  private static let mediaItem: JSON = [
    "type": "object", "description": "A file", "additionalProperties": false,
    "properties": [
      "path": words("Below the content folder, such as media/teaser.mp4", pattern: mediaPath),
      "url": text("Where it is fetched from, such as https://media.example/teaser.mp4", pattern: mediaURL),
      "alt": words("A description for people who cannot see it", maximum: 10_000),
    ],
    "oneOf": [["required": ["path"]], ["required": ["url"]]],
  ]

  private static let limits = closed(
    [
      "per_minute": whole("Deliveries a minute", maximum: 1_000_000), "per_day": whole("Deliveries a day", maximum: 1_000_000),
      "concurrent": whole("Deliveries at the same time", maximum: 1_000_000),
      "spacing": duration("The distance between deliveries that are late; nearer ones get a warning"),
    ], "How fast deliveries may leave")
}
