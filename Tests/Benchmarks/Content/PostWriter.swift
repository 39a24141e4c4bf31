/// Writes posts as people do: 400 to 600 bytes, a few accounts, a caption of two or three lines, a picture or a film by URL.
struct PostWriter {
  private var random: RandomSource

  init(seed: UInt64) { random = RandomSource(seed: seed) }

  /// One post.
  ///
  /// - Parameters:
  ///   - time: wall-clock time in `zone`.
  ///   - grace: of the one in four that has its own.
  ///   - mistake: what is wrong with it, if anything.
  mutating func post(
    _ id: String, at time: String, in zone: String, to accounts: [String], grace: String = "2h", mistake: Mistake? = nil
  ) -> String {
    let film = Bool.random(using: &random)
    var lines = [
      "scheduled_time: \(time)", "timezone: \(zone)", "accounts: [\(accounts.joined(separator: ", "))]", "title: \(pick(Self.titles))",
    ]
    lines += ["caption: |", "  \(pick(Self.openings))", "  \(pick(Self.bodies))"]
    if Int.random(in: 0..<3, using: &random) == 0 { lines.append("  \(pick(Self.openings))") }
    lines += ["", "  \(Self.tags.shuffled(using: &random).prefix(3).joined(separator: " "))"]
    lines += [
      "media:", "  - url: https://media.example.com/\(time.prefix(7))/\(id).\(film ? "mp4" : "jpg")", "    alt: \(pick(Self.pictures))",
    ]
    if Int.random(in: 0..<4, using: &random) == 0 { lines.append("grace: \(grace)") }
    mistake?.spoil(&lines)
    return lines.joined(separator: "\n") + "\n"
  }

  /// A wall-clock time in the year 2030 that every zone has once: clocks change at night.
  mutating func time() -> (text: String, folder: String) {
    let (month, day) = (two(.random(in: 1...12, using: &random)), two(.random(in: 1...28, using: &random)))
    let (hour, minute) = (two(.random(in: 8...21, using: &random)), two(.random(in: 0...59, using: &random)))
    return ("2030-\(month)-\(day)T\(hour):\(minute):00", "2030/\(month)/\(day)")
  }

  mutating func zone() -> String { pick(Self.zones) }

  /// One account or two.
  mutating func accounts(of all: [String]) -> [String] {
    Array(all.shuffled(using: &random).prefix(Bool.random(using: &random) ? 1 : 2))
  }

  private mutating func pick(_ texts: [String]) -> String { texts[Int.random(in: 0..<texts.count, using: &random)] }

  static let zones = [
    "America/New_York", "America/Los_Angeles", "America/Sao_Paulo", "America/Mexico_City", "America/Halifax", "Europe/London",
    "Europe/Paris", "Europe/Berlin", "Europe/Madrid", "Europe/Athens", "Africa/Nairobi", "Africa/Cairo", "Asia/Kolkata", "Asia/Kathmandu",
    "Asia/Tokyo", "Asia/Seoul", "Asia/Dubai", "Australia/Sydney", "Pacific/Auckland", "UTC",
  ]
  private static let titles = ["Doors open", "New on the shelf", "From the workshop", "This week", "Behind the counter", "One more thing"]
  private static let openings = [
    "The first loaves leave the oven at six, and the queue is friendlier than it looks.",
    "We rebuilt the front wheel three times so that you only have to buy it once.",
    "Twelve seats, one long table, and a menu that nobody has seen before tonight.",
    "Gestern noch eine Skizze, heute im Schaufenster: die kleine Lampe für das große Regal.",
    "Une lettre par semaine, écrite à la main, pour celles et ceux qui aiment attendre.",
    "Ask us anything about the harvest; the person who answers drove the tractor.",
  ]
  private static let bodies = [
    "Come by before Sunday, bring a friend, and tell us what you would have done differently about it.",
    "Everything in the picture was made within a mile of the shop, the apron included, and most of it yesterday.",
    "The long version, with measurements and all the mistakes that we made on the way, is on the site now.",
    "Thank you to the four hundred people who wrote to us last week; we have read every single line of it.",
  ]
  private static let pictures = [
    "A brass horn on a red table", "Hands that hold a warm loaf", "Two bicycles against a wall", "Rain on the shop window",
  ]
  private static let tags = ["#handmade", "#opening", "#smallbusiness", "#bread", "#bicycles", "#slowpost", "#neighbours"]
}

/// `7` as `07`.
func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
