/// What a post says beside the columns of a sheet: as JSON, which is YAML, so that it comes back as it was.
extension Post {
  /// The keys that a cell `more` may have.
  static let moreKeys: Set<String> = ["grace", "suspend", "options", "overrides", "repeats", "media"]

  /// `nil` where the columns say everything.
  var more: JSON? {
    var fields: [String: JSON] = [:]
    if let grace { fields["grace"] = .string(grace.text) }
    if let suspension { fields["suspend"] = suspension.written }
    if !options.isEmpty { fields["options"] = .object(options.mapValues(Self.written)) }
    if !overrides.isEmpty {
      fields["overrides"] = .object(Dictionary(overrides.map { ($0.text, $1.written) }) { first, _ in first })
    }
    if let repeats { fields["repeats"] = .string(repeats.text) }
    // A description of several lines has no room in a column that has one for each line.
    if media.contains(where: { $0.alt?.contains("\n") ?? false }) { fields["media"] = .array(media.map(\.written)) }
    return fields.isEmpty ? nil : .object(fields)
  }

  fileprivate static func written(_ options: Options) -> JSON { .object(options.mapValues(\.written)) }
}

extension Suspension {
  fileprivate var written: JSON {
    guard reason != nil || until != nil else { return true }
    var fields: [String: JSON] = [:]
    if let reason { fields["reason"] = .string(reason) }
    if let until { fields["until"] = .string("\(until)") }
    return .object(fields)
  }
}

extension Post.Overrides {
  fileprivate var written: JSON {
    var fields: [String: JSON] = [:]
    if let title { fields["title"] = .string(title) }
    if let caption { fields["caption"] = .string(caption) }
    if let media { fields["media"] = .array(media.map(\.written)) }
    if let options { fields["options"] = Post.written(options) }
    return .object(fields)
  }
}

extension Media {
  /// As a post has it, without what it does not say.
  fileprivate var written: JSON { .object((json.object ?? [:]).filter { $0.value != .null }) }
}

extension OptionValue {
  fileprivate var written: JSON {
    switch self {
    case .flag(let value): .bool(value)
    case .number(let value): .int(Int64(value))
    case .text(let value): .string(value)
    case .duration(let value): .string(value.text)
    }
  }
}
