/// The formats that people write.
extension SchemaParts {
  static func post(_ platforms: [PlatformSchema]) -> Members {
    let media = list(mediaItem, "Files that go with it, in order", maximum: Media.most)
    let byPlatform = Members(platforms.map { ($0.name, options($0)) }) { $1 }
    // Which platform an account has is not known here: any platform's options may stand.
    let anyOptions: JSON = ["anyOf": .array(platforms.map(options)), "description": "Options of the account's platform"]
    let override = closed(
      [
        "title": text("Its title there"), "caption": text("Its text there"), "media": media,
        "options": platforms.isEmpty ? ["type": "object"] : anyOptions,
      ], "What differs for one account")
    return closed(
      [
        "scheduled_time": text(
          "The wall-clock time at which it goes out, such as 2026-11-27T09:00; an offset only to tell two occurrences apart",
          pattern: writtenTime),
        "timezone": timezone("The zone of scheduled_time; the account's or the settings' otherwise"),
        "accounts": list(text("The name of a file under accounts/", pattern: identifier), "Where it goes", minimum: 1),
        "title": text("Where a platform has titles"), "caption": text("Its text"), "media": media,
        "options": .object(closed(byPlatform, "Per platform")),
        "overrides": [
          "type": "object", "description": "Per account", "additionalProperties": false,
          "patternProperties": .object([identifier: .object(override)]),
        ],
        "grace": duration("How late it may still go out; the settings' otherwise"), "suspend": suspend,
        "id": text("Its identity; the file's stem otherwise", pattern: identifier),
      ], required: ["scheduled_time", "accounts"], "A post: when it goes out, where, and what it says")
  }

  static func account(_ platforms: [PlatformSchema]) -> Members {
    let parameters = Set(platforms.flatMap(\.parameters).map(\.name))
    var properties: Members = [
      "platform": choice(platforms.map(\.name), "The kind of destination"), "handle": text("What it is called there"),
      "timezone": timezone("The default zone of its posts"),
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

  static func settings() -> Members {
    let account = text("The account that is told", pattern: identifier)
    return closed(
      [
        "grace": duration("How late a post may still go out; 1h otherwise"),
        "retry": .object(
          closed(
            [
              "delays": list(duration("A wait"), "The wait after the first failure, after the second, and so on; 5m, 15m and 30m otherwise")
            ],
            "When a delivery that failed is tried again")),
        "timezone": timezone("The zone of posts whose account has none"),
        "record": .object(
          closed(
            [
              "branch": text("The branch that records go to; the one that posts are read from otherwise"),
              "interval": duration("The shortest time between two record commits; 2s otherwise"),
            ], "How history and status are committed")),
        "notify": list(
          .object(
            closed(
              ["on": list(choice(states, "A state"), "The states told", minimum: 1), "account": account], required: ["on", "account"],
              "Which ends are told to whom")),
          "Who is told what", maximum: Settings.mostNotifications),
        "policy": .object(
          closed(
            [
              "require_signed": flag("Whether every commit must be signed; false otherwise"),
              "burst": whole(
                "More deliveries than this that become due within an hour through one fetch are held; 1000 otherwise"),
            ], "What the repository asks of its commits")),
      ], "Settings; every key has a default")
  }

  private static let mediaItem: JSON = [
    "type": "object", "description": "A file", "additionalProperties": false,
    "properties": [
      "path": text("Below the content folder, such as media/teaser.mp4"),
      "url": text("Where it is fetched from, such as https://media.example/teaser.mp4", pattern: url),
      "alt": text("A description for people who cannot see it"),
    ],
    "oneOf": [["required": ["path"]], ["required": ["url"]]],
  ]

  private static let limits = closed(
    [
      "per_minute": whole("Deliveries a minute"), "per_day": whole("Deliveries a day"), "concurrent": whole("Deliveries at the same time"),
      "spacing": duration("The distance between deliveries that are late; nearer ones get a warning"),
    ], "How fast deliveries may leave")
}
