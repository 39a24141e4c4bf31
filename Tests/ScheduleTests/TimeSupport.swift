import Foundation
import Schedule
import Synchronization

/// The zones of the system that the tests run on, read with Foundation and not with the program's own reader.
enum SystemTime {
  static let folder = ProcessInfo.processInfo.environment["TZDIR"] ?? "/usr/share/zoneinfo"

  static let index: [[Substring]] = {
    let text = (try? String(contentsOfFile: "\(folder)/tzdata.zi", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map { $0.split(separator: " ") }
  }()

  static let version = index.first.map { String($0[2]) } ?? "none"

  static let zones = Zones(
    version: version,
    names: index.compactMap { $0.first == "Z" ? String($0[1]) : $0.first == "L" ? String($0[2]) : nil },
    load: { name in (try? Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))).map(Array.init) })
}

struct NoSuchZone: Error { let name: String }

/// The zone called `name`, or a failed test.
func zone(_ name: String) throws -> Zone {
  guard let zone = SystemTime.zones.zone(name) else { throw NoSuchZone(name: name) }
  return zone
}

func clock(_ text: String) throws -> WallClock { try WallClock.parse(text).clock }

struct NoInstant: Error { let text: String }

func instant(_ text: String) throws -> Instant {
  guard let instant = Instant(text) else { throw NoInstant(text: text) }
  return instant
}

/// Counts from any thread.
final class Counter: Sendable {
  private let value = Mutex(0)

  var count: Int { value.withLock(\.self) }
  func add() { value.withLock { $0 += 1 } }
}
