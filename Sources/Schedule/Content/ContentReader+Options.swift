import YAML

extension ContentReader {
  /// Platform options, each typed by the schema's key of its name.
  mutating func options(_ node: NodeID, _ what: String, keys: [PlatformSchema.Key], of platform: String) -> Options {
    guard isMapping(node, what) else { return [:] }
    var options: Options = [:]
    for (name, value) in document.entries(of: node) {
      let text = document.string(name)
      guard let key = keys.first(where: { $0.name == text }) else {
        unknownKey(name, among: keys.map(\.name), of: "\(what) of the platform \(platform)")
        continue
      }
      options[text] = option(value, "\(what).\(text)", key.type)
    }
    return options
  }

  mutating func option(_ node: NodeID, _ what: String, _ type: PlatformSchema.ValueType) -> OptionValue? {
    switch type {
    case .flag: flag(node, what).map(OptionValue.flag)
    case .number(let range): number(node, what, in: range).map(OptionValue.number)
    case .text(let maximumLength): prose(node, what, maximumLength: maximumLength).map(OptionValue.text)
    case .choice(let choices): choice(node, what, of: choices).map(OptionValue.text)
    case .duration: duration(node, what).map(OptionValue.duration)
    case .url: hostURL(node, what).map(OptionValue.text)
    }
  }

  /// Where a host sends to. Plain http is for a private address, of which only the host knows whether it allows it.
  private mutating func hostURL(_ node: NodeID, _ what: String) -> String? {
    guard let text = url(node, what, schemes: ["https", "http"]) else { return nil }
    if text.lowercased().hasPrefix("http:") {
      report(
        .urlPlain, at: node,
        "\(what) is plain http, which hosts refuse unless they were told to allow it, and then to private addresses alone",
        hint: "write https; a host allows it with --allow-private-hosts")
    }
    return text
  }
}
