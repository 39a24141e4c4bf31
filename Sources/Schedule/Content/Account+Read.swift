import YAML

extension ContentReader {
  /// One account by itself; `nil` where its file has errors.
  public mutating func account(_ file: ContentFile, zones: Zones, among platforms: [String: PlatformSchema]) -> Account? {
    guard case .valid(let account, _) = account(file, zones: zones, platforms: platforms).entry else { return nil }
    return account
  }

  /// Reads an account; its name is the stem of its file.
  mutating func account(
    _ file: ContentFile, zones: Zones, platforms: [String: PlatformSchema]
  ) -> (name: AccountName?, entry: Catalog.Entry, diagnostics: [Diagnostic]) {
    let root = file.bytes.withUnsafeBufferPointer { begin($0, at: file.path, kind: "an account") }
    let stem = ContentFile.stem(of: file.path)
    let name = AccountName(stem)
    if name == nil {
      report(
        .idFormat, at: .wholeFile, "the file's name \(quoted(stem)) cannot be the name of an account", hint: identifierForm)
    }
    var entry = Catalog.Entry.invalid(nil, nil)
    if let root, let (account, zone) = account(root, name: name, zones: zones, platforms: platforms) {
      if !hasErrors {
        entry = .valid(account, zone)
      } else if zone != nil || !has(root, key: AccountKey.timezone.rawValue) {
        entry = .invalid(account, zone)
      }
    }
    return (name, entry, finish())
  }

  private mutating func account(
    _ root: NodeID, name: AccountName?, zones: Zones, platforms: [String: PlatformSchema]
  ) -> (Account, Zone?)? {
    // First, because it says how the others are read.
    guard let schema = platform(of: root, platforms) else { return nil }
    var handle: String?
    var zone: Zone?
    var defaults: Options = [:]
    var limits = schema.limits
    var suspension: Suspension?
    var parameters: Options = [:]
    for (keyNode, value) in document.entries(of: root) {
      let text = document.string(keyNode)
      switch AccountKey(rawValue: text) {
      case .platform: break
      case .handle: handle = word(value, text)
      case .timezone: zone = self.zone(value, text, in: zones)
      case .defaults: defaults = options(value, text, keys: schema.options, of: schema.name)
      case .limits: limits = self.limits(value, over: schema.limits)
      case .suspend: suspension = self.suspension(value, text)
      case nil:
        if let key = schema.parameters.first(where: { $0.name == text }) {
          parameters[text] = option(value, text, key.type)
        } else if secretKeys.contains(text.lowercased()) {
          report(
            .accountSecret, at: keyNode, "key \(quoted(text)) looks like a secret, and secrets never enter the repository",
            hint: "remove it, give the secret to the host with: posthorn account login \(name?.text ?? "NAME"), and replace it: it was seen"
          )
        } else {
          let known = AccountKey.allCases.map(\.rawValue) + schema.parameters.map(\.name)
          unknownKey(keyNode, among: known, of: "an account of the platform \(schema.name)")
        }
      }
    }
    for key in schema.parameters where key.isRequired && !has(root, key: key.name) {
      report(
        .keyMissing, at: .wholeFile, "an account of the platform \(schema.name) needs the key \"\(key.name)\"", hint: key.summary)
    }
    guard let name else { return nil }
    var account = Account(name: name, platform: schema.name)
    account.handle = handle
    account.timezone = zone?.name
    account.defaults = defaults
    account.limits = limits
    account.suspension = suspension
    account.parameters = parameters
    return (account, zone)
  }

  private mutating func platform(of root: NodeID, _ platforms: [String: PlatformSchema]) -> PlatformSchema? {
    let names = platforms.keys.sorted()
    guard let value = document.entries(of: root).first(where: { document.string($0.key) == AccountKey.platform.rawValue })?.value else {
      report(.keyMissing, at: .wholeFile, "an account needs the key \"platform\"", hint: "it is one of \(names.joined(separator: ", "))")
      return nil
    }
    guard let name = text(value, "platform") else { return nil }
    guard let schema = platforms[name] else {
      report(
        .platformUnknown, at: value, "no platform is called \(quoted(name))\(Spelling.question(name, among: names))",
        hint: "platforms are \(names.joined(separator: ", "))")
      return nil
    }
    return schema
  }

  private mutating func limits(_ node: NodeID, over defaults: Account.Limits) -> Account.Limits {
    guard isMapping(node, "limits") else { return defaults }
    var limits = defaults
    for field in fields(of: node, LimitKey.self, of: "limits") {
      let what = "limits.\(field.key.rawValue)"
      switch field.key {
      case .perMinute: limits.perMinute = number(field.value, what, in: 1...1_000_000)
      case .perDay: limits.perDay = number(field.value, what, in: 1...1_000_000)
      case .concurrent: limits.concurrent = number(field.value, what, in: 1...1_000_000)
      case .spacing: limits.givenSpacing = duration(field.value, what) ?? defaults.givenSpacing
      }
    }
    return limits
  }

  func has(_ mapping: NodeID, key: String) -> Bool {
    document.entries(of: mapping).contains { document.string($0.key) == key }
  }
}

private enum AccountKey: String, CaseIterable {
  case platform, handle, timezone, defaults, limits, suspend
}

private enum LimitKey: String, CaseIterable {
  case perMinute = "per_minute"
  case perDay = "per_day"
  case concurrent, spacing
}

/// What people call a secret when they put one into a file.
private let secretKeys: Set<String> = [
  "secret", "token", "access_token", "refresh_token", "password", "passwd", "api_key", "apikey", "client_secret", "client_key",
  "credential", "credentials", "bearer", "authorization", "webhook_secret", "private_key",
]
