import Schedule

/// One post of a ``Stock``, known by its number: where it lies, when it is due, and what it says.
struct StockPost {
  let number: Int
  private let seed: UInt64

  init(_ number: Int, seed: UInt64) { (self.number, self.seed) = (number, seed) }

  var id: String { "post-\(number)" }
  var isPast: Bool { number.isMultiple(of: 2) }
  var account: String { Stock.accounts[number / 2 % Stock.accounts.count] }
  var path: String { "schedule/\(file)" }

  /// The post's file below the content folder; a folder a day.
  var file: String { "posts/\(day.replacing("-", with: "/"))/\(id).yaml" }

  /// Whole minutes of a day in one of two years, 2025 and 2040; no clock changes in the zones of the past ones.
  var scheduledTime: String { scheduledTime(edition: 0) }

  /// What the post says; each edition has another time and another caption.
  func text(edition: Int = 0) -> String {
    var writer = PostWriter(seed: seed &+ UInt64(number) &* 0x9E37_79B9 &+ UInt64(edition) << 40)
    return writer.post(id, at: scheduledTime(edition: edition), in: zone.name, to: [account])
  }

  /// Its zone, and how far that is ahead of UTC; 0 for a post that lies ahead, where nobody asks.
  var zone: (name: String, seconds: Int64) {
    isPast ? Self.steadyZones[number / 2 % Self.steadyZones.count] : (PostWriter.zones[number / 2 % PostWriter.zones.count], 0)
  }

  /// Every month has so many.
  static let daysInMonth = 28

  private var day: String {
    let day = number / 2
    return "\(isPast ? 2025 : 2040)-\(two(day % 12 + 1))-\(two(day / 12 % Self.daysInMonth + 1))"
  }

  private func scheduledTime(edition: Int) -> String {
    let minute = number / (2 * 12 * Self.daysInMonth) + edition
    return "\(day)T\(two(8 + minute / 60 % 14)):\(two(minute % 60)):00"
  }

  /// Zones without summer time, and what they are ahead of UTC.
  private static let steadyZones: [(name: String, seconds: Int64)] = [
    ("UTC", 0), ("Asia/Tokyo", 32_400), ("Asia/Kolkata", 19_800), ("Africa/Nairobi", 10_800), ("Asia/Dubai", 14_400),
    ("Asia/Seoul", 32_400), ("Asia/Kathmandu", 20_700), ("America/Sao_Paulo", -10_800),
  ]
}
