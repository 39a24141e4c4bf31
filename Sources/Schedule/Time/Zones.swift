import Synchronization

/// All zones of one version of tzdata, read when they are first asked for and kept.
public final class Zones: Sendable {
  /// The version of tzdata: `2025b`.
  public let version: String
  /// Every IANA name and link, sorted.
  public let names: [String]

  private let known: Set<String>
  private let load: @Sendable (String) -> [UInt8]?
  private let loaded = Mutex<[String: Zone]>([:])

  /// `load` reads the TZif file of one of `names`; `nil` where it cannot be read.
  public init(version: String, names: [String], load: @escaping @Sendable (String) -> [UInt8]?) {
    self.version = version
    self.names = names.sorted()
    self.load = load
    known = Set(names)
  }

  /// Whether `name` is an IANA name or link, matched exactly.
  public func contains(_ name: String) -> Bool { known.contains(name) }

  /// The zone of an IANA name or link, matched exactly; `nil` where there is none, or its file cannot be read.
  public func zone(_ name: String) -> Zone? {
    if let zone = loaded.withLock({ $0[name] }) { return zone }
    // A file that fails is not remembered: the next question reads it again, so that mending tzdata is enough.
    guard contains(name), let bytes = load(name), let zone = try? Zone(name: name, tzif: bytes) else { return nil }
    return loaded.withLock { zones in
      if let earlier = zones[name] { return earlier }
      zones[name] = zone
      return zone
    }
  }
}
