import Schedule

extension Publication {
  /// What goes out, for destinations that take the post as data. It depends on the delivery alone, never on the attempt or the clock, so
  /// that a repeat is the same byte for byte.
  var json: JSON {
    [
      "post": .string(id.post.text), "account": .string(id.account.text), "key": .string(key),
      "scheduled_at": JSON(scheduledAt), "scheduled_time": .string(scheduledTime), "timezone": .string(timezone),
      "title": JSON(title), "caption": JSON(caption), "media": .array(media.map(json)), "options": .object(options.mapValues(\.json)),
    ]
  }

  /// A file is named so that whoever has the repository finds exactly this one, and whoever has brought it knows that it is this one.
  private func json(_ medium: Media) -> JSON {
    switch medium.source {
    case .url(let url): return ["url": .string(url), "alt": JSON(medium.alt)]
    case .path(let path):
      let known = facts[path]
      return [
        "path": .string(path), "alt": JSON(medium.alt), "sha256": JSON(known?.sha256), "size": known.map { JSON($0.size) } ?? .null,
        "type": JSON(known?.type?.mimeType), "commit": JSON(commit),
      ]
    }
  }
}

extension OptionValue {
  fileprivate var json: JSON {
    switch self {
    case .flag(let value): .bool(value)
    case .number(let value): .int(Int64(value))
    case .text(let value): .string(value)
    case .duration(let value): .int(value.components.seconds)
    }
  }
}
