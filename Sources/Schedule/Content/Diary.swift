/// What leaves when on which account, over all posts: where two stand in each other's way, and what is said twice.
///
/// Each thread that reads posts fills a diary of its own. It takes 24 bytes a delivery, and finding everything is a sort of each account.
public struct Diary: Sendable {
  private var pages: [AccountName: [Entry]] = [:]

  struct Entry: Sendable {
    let instant: Instant
    /// Equal for what reads the same; 0 where there is nothing to read.
    let content: UInt64
    let post: Int32
    let graceSeconds: Int32

    var grace: Duration { .seconds(Int64(graceSeconds)) }

    /// Whether it is to come, or due and within its grace.
    func mayStillLeave(at now: Instant) -> Bool { instant + grace >= now }
  }

  public init() {}

  /// Takes the deliveries of one post.
  ///
  /// - Parameter number: what the post is called in ``clashes(in:paths:now:isChosen:)``.
  public mutating func add(_ reading: PostReading, number: Int) {
    guard let post = reading.post else { return }
    let common = post.overrides.isEmpty ? ContentMark.of(post, for: nil) : nil
    for delivery in reading.deliveries {
      let account = delivery.id.account
      let entry = Entry(
        instant: delivery.scheduledAt, content: common ?? ContentMark.of(post, for: account), post: Int32(clamping: number),
        graceSeconds: Int32(clamping: delivery.grace.components.seconds))
      pages[account, default: []].append(entry)
    }
  }

  /// Takes what another thread found.
  public mutating func merge(_ other: Diary) { pages.merge(other.pages) { $0 + $1 } }

  /// Everything that a reviewer should know of posts that are still to go out.
  ///
  /// - Parameters:
  ///   - paths: of the posts, by number.
  ///   - isChosen: whether a post is reported about. Of two that clash the later one is, if it is chosen.
  public func clashes(in catalog: Catalog, paths: [String], now: Instant, isChosen: (Int) -> Bool = { _ in true }) -> [Clash] {
    var found: [Clash] = []
    var repeats: [Pair: Clash] = [:]
    for (name, entries) in pages {
      let page = Page(account: name, entries: entries, limits: catalog.account(name)?.limits, paths: paths, now: now)
      found += page.tooClose(isChosen)
      found += page.tooMany(isChosen)
      for clash in page.repeated(isChosen) {
        let pair = Pair(clash)
        repeats[pair, default: clash].accounts.insert(name)
      }
    }
    return found + repeats.values
  }

  private struct Pair: Hashable {
    let post: Int
    let other: Int?

    init(_ clash: Clash) { (post, other) = (clash.post, clash.other) }
  }
}

/// The deliveries of one account, in order.
private struct Page {
  let account: AccountName
  let entries: [Diary.Entry]
  let limits: Account.Limits?
  let now: Instant

  init(account: AccountName, entries: [Diary.Entry], limits: Account.Limits?, paths: [String], now: Instant) {
    self.account = account
    self.entries = entries.sorted {
      $0.instant != $1.instant ? $0.instant < $1.instant : paths[Int($0.post)] < paths[Int($1.post)]
    }
    self.limits = limits
    self.now = now
  }

  /// Nearer than the account asks for; without a wish of its own, at the same instant.
  func tooClose(_ isChosen: (Int) -> Bool) -> [Clash] {
    let wanted = limits?.givenSpacing
    if wanted == .zero { return [] }
    return zip(entries, entries.dropFirst()).compactMap { earlier, later in
      let distance = later.instant - earlier.instant
      guard later.instant > now, distance < wanted ?? .milliseconds(1) else { return nil }
      return clash(.close(wanted: wanted), earlier, later, isChosen)
    }
  }

  /// More than `per_day` in any 24 hours: each waits until the window has room for it, as ``AccountPace`` has it.
  func tooMany(_ isChosen: (Int) -> Bool) -> [Clash] {
    guard let most = limits?.perDay else { return [] }
    let window = Duration.seconds(86_400)
    var found: [Clash] = []
    var reported: Set<Int32> = []
    /// Of those that do go out: when, and which.
    var departures: [(at: Instant, post: Int32)] = []
    for entry in entries where entry.instant > now - window {
      let free = departures.count < most ? entry.instant : max(entry.instant, departures[departures.count - most].at + window)
      let isMissed = free > entry.instant + entry.grace
      if free > entry.instant, entry.instant > now {
        let involved = [entry.post] + departures.suffix(most).reversed().map(\.post)
        if let post = involved.first(where: { isChosen(Int($0)) }), reported.insert(post).inserted {
          let kind = Clash.Kind.daily(most: most, late: entry.instant, free: free, isMissed: isMissed)
          found.append(Clash(kind, post: Int(post), other: post == entry.post ? nil : Int(entry.post), account: account))
        }
      }
      if !isMissed { departures.append((free, entry.post)) }
    }
    return found
  }

  /// The same content as the one before it that had it, where the later one is still to go out: what is due and within its grace goes out at
  /// once.
  func repeated(_ isChosen: (Int) -> Bool) -> [Clash] {
    var last: [UInt64: Int] = [:]
    last.reserveCapacity(entries.count)
    var found: [Clash] = []
    for (index, entry) in entries.enumerated() where entry.content != 0 {
      guard let before = last.updateValue(index, forKey: entry.content), entry.mayStillLeave(at: now) else { continue }
      if let clash = clash(.repeated, entries[before], entry, isChosen) { found.append(clash) }
    }
    return found
  }

  private func clash(_ kind: Clash.Kind, _ earlier: Diary.Entry, _ later: Diary.Entry, _ isChosen: (Int) -> Bool) -> Clash? {
    let pair =
      isChosen(Int(later.post))
      ? (later, earlier) : isChosen(Int(earlier.post)) && earlier.mayStillLeave(at: now) ? (earlier, later) : nil
    return pair.map { post, other in
      Clash(kind, post: Int(post.post), other: Int(other.post), account: account, distance: other.instant - post.instant)
    }
  }
}

/// A number for what a post says on an account; equal ones say the same.
private enum ContentMark {
  static func of(_ post: Post, for account: AccountName?) -> UInt64 {
    let own = account.flatMap { post.overrides[$0] }
    let (title, caption, media) = (own?.title ?? post.title ?? "", own?.caption ?? post.caption ?? "", own?.media ?? post.media)
    guard !title.isEmpty || !caption.isEmpty || !media.isEmpty else { return 0 }
    // Seeded anew in each process, and only compared within one: nobody can write two texts that meet.
    var hasher = Hasher()
    feed(title, &hasher)
    feed(caption, &hasher)
    for medium in media {
      switch medium.source {
      case .path(let path): feed(path, &hasher)
      case .url(let url): feed(url, &hasher)
      }
    }
    return UInt64(bitPattern: Int64(hasher.finalize())) | 1
  }

  /// Without the line ends behind it: `caption: |` has one, `caption: text` has none.
  private static func feed(_ text: String, _ hasher: inout Hasher) {
    var text = text
    text.withUTF8 { bytes in
      let end = bytes.lastIndex { $0 != 0x0A && $0 != 0x20 }.map { $0 + 1 } ?? 0
      hasher.combine(end)
      hasher.combine(bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[..<end])))
    }
  }
}
