import Schedule

extension Publication {
  /// What goes out, for destinations that take the post as data. It depends on the delivery alone, never on the attempt or the clock, so
  /// that a repeat is the same byte for byte.
  var json: JSON {
    [
      "post": .string(id.post.text), "account": .string(id.account.text), "key": .string(key),
      "scheduled_at": JSON(scheduledAt), "scheduled_time": .string(scheduledTime), "timezone": .string(timezone),
      "title": JSON(title), "caption": JSON(caption), "media": .array(media.map(\.json)), "options": .object(options.mapValues(\.json)),
    ]
  }
}

extension Media {
  fileprivate var json: JSON {
    switch source {
    case .path(let path): ["path": .string(path), "alt": JSON(alt)]
    case .url(let url): ["url": .string(url), "alt": JSON(alt)]
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
