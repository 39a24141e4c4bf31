import YAML

extension PlatformCheck {
  /// The options of the post on the account.
  struct GivenOptions {
    /// As the account's defaults, the post and the override for the account give them, the latter first.
    var given: Options
    /// The same without the account's defaults.
    var ofPost: Options
    /// And with the platform's own where nobody gives any.
    var all: Options
    /// What the account's file gives beyond that, likewise.
    var parameters: Options

    init(_ draft: PostDraft, _ account: Account, _ schema: PlatformSchema) {
      ofPost = (draft.options[account.platform] ?? [:]).merging(draft.overrides[account.name]?.options ?? [:]) { $1 }
      given = account.defaults.merging(ofPost) { $1 }
      all = PlatformSchema.standards(of: schema.options).merging(given) { $1 }
      parameters = PlatformSchema.standards(of: schema.parameters).merging(account.parameters) { $1 }
    }
  }

  func checkRules(_ options: GivenOptions, _ form: ContentForm?, _ facts: OptionFacts, at node: NodeID, _ reader: inout ContentReader) {
    for rule in schema.rules where rule.speaks(of: options.all, options.parameters, in: form) {
      switch rule.demand {
      case .needs(let name):
        // One that is there and cannot be read was reported where it stands.
        guard options.all[name] == nil, place(of: name, reader) == nil else { continue }
        reader.report(
          .optionMissing, at: node, "account \(account.name) needs the option \"\(name)\" of \(schema.name) \(rule.condition)",
          hint: "add options: {\(schema.name): {\(name): …}}; \(rule.reason)")
      case .forbids(let name, let value):
        guard let found = options.given[name], value == nil || found == value else { continue }
        reader.report(
          .optionConflict, at: place(of: name, reader) ?? node, "\(schema.name) does not take \(name): \(found.text) \(rule.condition)",
          hint: "change one of the two for account \(account.name); \(rule.reason)")
      case .allows(let name, let value):
        guard let found = options.given[name], found != value else { continue }
        reader.report(
          .optionConflict, at: place(of: name, reader) ?? node, "\(schema.name) does not take \(name): \(found.text) \(rule.condition)",
          hint: "write \(name): \(value.text) for account \(account.name); \(rule.reason)")
      case .ignores(let name):
        guard let found = options.ofPost[name] else { continue }
        reader.report(
          .optionUnused, at: place(of: name, reader) ?? node,
          "\(name): \(found.text) has no effect on \(schema.name) \(rule.condition)",
          hint: "remove it for account \(account.name); \(rule.reason)")
      case .ignoresText(let field): reportUnused(field, rule, &reader)
      case .countsMedia(let name):
        let count = facts.mediaCount
        guard case .number(let number) = options.given[name], count > 0, number >= count else { continue }
        reader.report(
          .valueRange, at: place(of: name, reader) ?? node,
          "\(name) is \(number), and the media on account \(account.name) are numbered from 0 to \(count - 1)",
          hint: "choose one of them; \(rule.reason)")
      case .liesInFilm(let name):
        guard case .duration(let moment) = options.given[name], let film = facts.film, moment >= film.duration else { continue }
        reader.report(
          .valueRange, at: place(of: name, reader) ?? node, "\(name) is \(moment.text), and \(film.name) lasts \(film.duration.seconds)",
          hint: "choose an earlier moment; \(rule.reason)")
      }
    }
  }

  private func reportUnused(_ field: TextLimit.Field, _ rule: OptionRule, _ reader: inout ContentReader) {
    guard let text = text(field), !text.value.isEmpty, let node = reader.node(of: field.rawValue, account: text.owner) else { return }
    reader.report(
      .textUnused, at: node, "\(schema.name) does not use the \(field.rawValue) \(rule.condition)",
      hint: "\(rule.reason); to say that you know, add overrides: {\(account.name): {\(field.rawValue): \"\"}}")
  }

  func place(of option: String, _ reader: ContentReader) -> NodeID? {
    reader.option(option, of: schema.name, account: account.name)
  }
}

extension PlatformSchema {
  fileprivate static func standards(of keys: [Key]) -> Options {
    var options: Options = [:]
    for key in keys { options[key.name] = key.standard }
    return options
  }
}
