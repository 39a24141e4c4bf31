import Logging
import Schedule

/// Writes log lines to standard error: the time, the event in the domain's words, and facts as `key=value`.
struct TextLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  private let now: @Sendable () -> Instant

  init(level: Logger.Level, now: @escaping @Sendable () -> Instant) {
    logLevel = level
    self.now = now
  }

  subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let facts = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let text = facts.reduce("\(event.message)") { "\($0) \($1.key)=\(Self.quoted("\($1.value)"))" }
    Output.error.write("\(now()) \(event.level.rawValue) \(text.printable)\n")
  }

  private static func quoted(_ value: String) -> String {
    value.utf8.contains { $0 == 0x20 || $0 == 0x22 || $0 == 0x3D } ? "\"\(value.escaping(["\"": "\\\""]))\"" : value
  }
}
