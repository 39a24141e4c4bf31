import Synchronization

/// All zones of one version of tzdata, read when they are first asked for and kept.
public final class Zones: Sendable {
  /// The version of tzdata: `2025b`.
  public let version: String
  /// Every IANA name and link, sorted.
  public let names: [String]

  private let known: Set<String>
  private let index: UInt64
  private let load: @Sendable (String) -> [UInt8]?
  private let loaded = Mutex<(zones: [String: Zone], files: [String: UInt64])>(([:], [:]))

  /// `load` reads the TZif file of one of `names`; `nil` where it cannot be read.
  ///
  /// - Parameter index: the bytes that `version` and `names` come from; what they say else may change under one version.
  public init(version: String, names: [String], index: [UInt8] = [], load: @escaping @Sendable (String) -> [UInt8]?) {
    self.version = version
    self.index = ZoneStamps.digest(index.isEmpty ? Array(names.sorted().joined(separator: "\n").utf8) : index)
    self.names = names.sorted()
    self.load = load
    known = Set(names)
  }

  /// Whether `name` is an IANA name or link, matched exactly.
  public func contains(_ name: String) -> Bool { known.contains(name) }

  /// The zone of an IANA name or link, matched exactly; `nil` where there is none, or its file cannot be read.
  public func zone(_ name: String) -> Zone? {
    if let zone = loaded.withLock({ $0.zones[name] }) { return zone }
    guard contains(name) else { return nil }
    let bytes = load(name)
    let zone = bytes.flatMap { try? Zone(name: name, tzif: $0) }  // What cannot be read is no zone, and is told as such.
    return loaded.withLock { loaded in
      if let earlier = loaded.zones[name] { return earlier }
      let digest = bytes.map(ZoneStamps.digest) ?? 0
      // What was asked for while the file was another one was not computed with this one: then they agree with nothing.
      loaded.files[name] = loaded.files[name].map { $0 == digest ? digest : ZoneStamps.several } ?? digest
      // A file that fails is not remembered: the next question reads it again, so that mending tzdata is enough.
      loaded.zones[name] = zone
      return zone
    }
  }

  /// What was read so far.
  public var stamps: ZoneStamps {
    ZoneStamps(version: version, index: index, files: loaded.withLock { $0.files })
  }

  /// Whether everything that `stamps` tells of is here as it was there.
  public func agree(with stamps: ZoneStamps) -> Bool {
    stamps.version == version && stamps.index == index
      && stamps.files.allSatisfy { name, digest in
        _ = zone(name)
        return digest != ZoneStamps.several && (loaded.withLock { $0.files[name] } ?? 0) == digest
      }
  }
}

/// Which zone data instants were computed with: the data themselves, as a version may stay where they change.
public struct ZoneStamps: Equatable, Sendable {
  public var version: String
  public var index: UInt64
  /// Of each zone that was asked for; 0 where there was no file.
  public var files: [String: UInt64]

  public init(version: String = "", index: UInt64 = 0, files: [String: UInt64] = [:]) {
    (self.version, self.index, self.files) = (version, index, files)
  }

  /// Of a file that was replaced while it was asked for.
  static let several: UInt64 = 1

  /// Takes in what else was asked for since.
  public mutating func merge(_ later: ZoneStamps) {
    (version, index) = (later.version, later.index)
    files.merge(later.files) { $0 == $1 ? $0 : Self.several }
  }

  /// FNV-1a. Source: Fowler, Noll, Vo; RFC 9923.
  static func digest(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  public init(_ reader: inout ByteReader) throws(MalformedBytes) {
    self.init(version: try reader.string(), index: UInt64(bitPattern: try reader.int64()))
    for _ in 0..<(try reader.count()) { files[try reader.string()] = UInt64(bitPattern: try reader.int64()) }
  }

  public func write(to writer: inout ByteWriter) {
    writer.write(version)
    writer.write(Int64(bitPattern: index))
    writer.write(all: files.sorted { $0.key < $1.key }) {
      $0.write($1.key)
      $0.write(Int64(bitPattern: $1.value))
    }
  }
}
