import YAML

/// Holds what a post says on one account against what the account's platform takes.
struct PlatformCheck {
  let draft: PostDraft
  let account: Account
  let schema: PlatformSchema
  let media: MediaFolder
  /// What the last sync of the account saw.
  let record: AccountRecord?

  /// - Parameter node: the account's name in the post, where nothing nearer can be pointed at.
  func check(at node: NodeID, reporting reader: inout ContentReader) {
    let own = draft.overrides[account.name]
    let content = own?.media ?? draft.media
    let list = reader.node(of: "media", account: own?.media == nil ? nil : account.name)
    let items = list.map { reader.document.items(of: $0).map(\.self) } ?? []
    // With an item that could not be read, nobody can say which file is which.
    let isWhole = items.count == content.count
    var form: ContentForm?
    var facts = OptionFacts(mediaCount: isWhole ? content.count : 0)
    if !schema.forms.isEmpty, isWhole {
      let found = content.map { $0.found(in: media) }
      form = self.form(of: found)
      if let form {
        check(zip(items, found), count: content.count, against: form, at: list ?? node, &reader)
        facts.film = checkHeaders(zip(items, found), against: form, &reader)
      } else {
        reportFormless(found.first, at: items.first ?? node, &reader)
      }
    }
    let options = GivenOptions(draft, account, schema)
    for limit in form?.texts ?? [] where !schema.ignores(limit.field, options, form) { check(limit, &reader, form) }
    checkRules(options, form, facts, at: node, &reader)
    checkAccount(options, form, facts, at: node, &reader)
  }

  /// The form of the post; `nil` of media that cannot be told, or not be taken.
  private func form(of media: [FoundMedium]) -> ContentForm? {
    media.contains(where: \.isStrange) && media.allSatisfy { $0.type == nil } ? nil : schema.form(of: media.map(\.type))
  }

  private func reportFormless(_ medium: FoundMedium?, at node: NodeID, _ reader: inout ContentReader) {
    let forms = schema.forms.compactMap { form in form.media.map { "\(form.name) of \($0.typeNames)" } }.joined(separator: ", or ")
    guard let medium else {
      reader.report(
        .mediaCount, at: node, "\(schema.name) publishes no text without media",
        hint: "add media: \(forms)")
      return
    }
    reader.report(
      .mediaType, at: node, "\(schema.name) does not take \(medium.words)", hint: "it takes \(forms)")
  }

  private func check(
    _ media: Zip2Sequence<[NodeID], [FoundMedium]>, count: Int, against form: ContentForm, at list: NodeID, _ reader: inout ContentReader
  ) {
    guard let limits = form.media else { return }
    if !limits.count.contains(count) {
      let range = limits.count
      let words =
        range == 1...1 ? "1 file" : range.count == 1 ? "\(range.lowerBound) files" : "\(range.lowerBound) to \(range.upperBound) files"
      reader.report(
        .mediaCount, at: list, "\(form.name) on \(schema.name) takes \(words), not \(count)",
        hint: "keep \(words); for account \(account.name) alone under overrides.\(account.name).media")
    }
    for (node, medium) in media {
      if medium.isStrange || medium.type.map({ !limits.types.contains($0) }) ?? false {
        reader.report(
          .mediaType, at: node, "\(form.name) on \(schema.name) does not take \(medium.words)", hint: "it takes \(limits.typeNames)")
      }
      if let most = limits.bytes, let size = medium.size, size > most {
        reader.report(
          .mediaSize, at: node, "\(medium.name) has \(size) bytes, and \(schema.name) takes at most \(most) in \(form.name)",
          hint: "make the file smaller, for example with a lower bit rate or resolution")
      }
      if limits.source == .url, case .path = medium.source {
        reader.report(
          .mediaSource, at: node, "\(schema.name) fetches \(form.name) itself, so \(medium.name) cannot be sent to it",
          hint: "put the file on a web server that \(schema.name) may fetch from, and give its url")
      }
    }
  }

  private func check(_ limit: TextLimit, _ reader: inout ContentReader, _ form: ContentForm?) {
    guard let text = text(limit.field), !limit.allows(text.value) else { return }
    guard let node = reader.node(of: limit.field.rawValue, account: text.owner) else { return }
    let what = text.owner == nil ? limit.field.rawValue : "overrides.\(account.name).\(limit.field.rawValue)"
    let place = text.owner == nil ? ", or give \(account.name) a shorter one under overrides" : ""
    let length = limit.length(of: text.value)
    reader.report(
      .textLength, at: node,
      "\(what) has \(length), and \(form?.name ?? "a post") on \(schema.name) takes at most \(limit.words(limit.most))",
      hint: "shorten it by \(length - limit.most)\(place)")
  }

  /// The text that goes to the account, and the account where its own override says it.
  func text(_ field: TextLimit.Field) -> (value: String, owner: AccountName?)? {
    let own = draft.overrides[account.name]
    let (special, common) = field == .title ? (own?.title, draft.title) : (own?.caption, draft.caption)
    return special.map { ($0, account.name) } ?? common.map { ($0, nil) }
  }
}

extension PlatformSchema {
  fileprivate func ignores(_ field: TextLimit.Field, _ options: PlatformCheck.GivenOptions, _ form: ContentForm?) -> Bool {
    rules.contains { $0.demand == .ignoresText(field) && $0.speaks(of: options.all, options.parameters, in: form) }
  }
}

extension ContentReader {
  /// The value of a key of the post, or of the override for an account: looked for where something is to be reported only.
  func node(of key: String, account: AccountName?) -> NodeID? {
    guard let root = document.root else { return nil }
    guard let account else { return value(of: key, in: root) }
    return value(of: "overrides", in: root).flatMap { value(of: account.text, in: $0) }.flatMap { value(of: key, in: $0) }
  }

  /// The value of a platform's option, in the override first; `nil` where the account's defaults have it.
  func option(_ name: String, of platform: String, account: AccountName) -> NodeID? {
    if let node = node(of: "options", account: account).flatMap({ value(of: name, in: $0) }) { return node }
    return node(of: "options", account: nil).flatMap { value(of: platform, in: $0) }.flatMap { value(of: name, in: $0) }
  }

  private func value(of key: String, in node: NodeID) -> NodeID? {
    guard document[node].kind == .mapping else { return nil }
    return document.entries(of: node).first { document.string($0.key) == key }?.value
  }
}
