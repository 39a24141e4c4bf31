import YAML

/// Which posts of a change are old ones under new names: what went out, or may have, is taken away by the change, or left by an earlier one, and
/// is asked for again. Pure: files and records are handed in, and it costs what the change has.
public struct RenameSearch: Sendable {
  /// A delivery under a name that nobody asks for any more.
  public struct Old: Sendable {
    public var id: DeliveryID
    public var said: Said
    public var scheduledAt: Instant
    public var standing: Renamed.Standing
    /// Whether the change under review takes it away.
    public var isMove: Bool

    public init(id: DeliveryID, said: Said, scheduledAt: Instant, standing: Renamed.Standing, isMove: Bool) {
      (self.id, self.said, self.scheduledAt, self.standing, self.isMove) = (id, said, scheduledAt, standing, isMove)
    }
  }

  private struct Key: Hashable {
    var account: AccountName
    var words: UInt32
  }

  private var olds: [Key: [Old]] = [:]
  /// Files that the change takes away, and what they were.
  private var files: [(post: PostID, lines: [Substring: Int], size: Int, olds: [Old])] = []
  /// What an account was called before, where the change renames it.
  private let earlierNames: [AccountName: [AccountName]]

  /// - Parameter earlierNames: of accounts, by their new ones.
  public init(earlierNames: [AccountName: [AccountName]] = [:]) { self.earlierNames = earlierNames }

  public var isEmpty: Bool { olds.isEmpty }

  public mutating func add(_ old: Old) { olds[Key(account: old.id.account, words: old.said.words), default: []].append(old) }

  /// Adds what a file said that the change takes away, or gives another id.
  ///
  /// - Parameters:
  ///   - post: its words.
  ///   - instants: when it was due on each account, where that is known.
  public mutating func add(_ post: Post, text: [UInt8], recorded status: StatusRecord, instants: [AccountName: Instant]) {
    guard status.post == post.id else { return }
    var found: [Old] = []
    for delivery in status.deliveries {
      guard let standing = Renamed.Standing(delivery.state, at: status.publishedAt),
        let instant = instants[delivery.account] ?? status.scheduledAt
      else { continue }
      found.append(
        Old(
          id: DeliveryID(post: post.id, account: delivery.account), said: Said(post, for: delivery.account), scheduledAt: instant,
          standing: standing, isMove: true))
    }
    for old in found { add(old) }
    if !found.isEmpty, files.count < Self.mostFiles { files.append((post.id, Self.lines(text), text.count, found)) }
  }

  /// The old one that a new delivery is.
  public func renamed(_ id: DeliveryID, _ said: Said, at instant: Instant, repeats: PostID?) -> Renamed? {
    olds(of: id, said, at: instant, repeats: repeats).first.map { Renamed(id, is: $0.id, $0.standing) }
  }

  /// All that it may be, those at the same instant first.
  ///
  /// - Parameter repeats: the post that it repeats on purpose.
  public func olds(of id: DeliveryID, _ said: Said, at instant: Instant, repeats: PostID?) -> [Old] {
    let accounts = [id.account] + (earlierNames[id.account] ?? [])
    let candidates = accounts.flatMap { olds[Key(account: $0, words: said.words)] ?? [] }
    let same = candidates.filter { old in
      old.id != id && old.id.post != repeats
        && Renamed.isSame((said, instant), as: (old.said, old.scheduledAt), isMove: old.isMove, old.standing)
    }
    return same.filter { $0.scheduledAt == instant } + same.filter { $0.scheduledAt != instant }
  }

  /// What a reviewer is told of a post that is new by its id or by its words; `nil` where it is no old one.
  ///
  /// - Parameters:
  ///   - text: of its file.
  ///   - isNew: whether its id is new.
  public func finding(of reading: PostReading, text: [UInt8], isNew: Bool) -> Diagnostic? {
    guard !olds.isEmpty, let post = reading.post else { return nil }
    let found = reading.deliveries.compactMap { delivery in
      renamed(delivery.id, Said(post, for: delivery.id.account), at: delivery.scheduledAt, repeats: post.repeats)
    }
    guard let first = found.first else { return isNew ? reworded(reading, post, text) : nil }
    let accounts = found.filter { $0.old.post == first.old.post }.map(\.old.account)
    if first.old.post == post.id {  // only its account has a new name, and nothing has to be done about that
      return Diagnostic(
        .postPublished, at: reading.timeSpan, of: reading.path, "\(first.what(to: accounts)), and does not go out there again",
        hint: first.remedy)
    }
    return Diagnostic(
      .postRenamed, at: reading.idSpan == .wholeFile ? reading.timeSpan : reading.idSpan, of: reading.path,
      "\(post.id) is an old post under a new name: \(first.what(to: accounts)), so it is held", hint: first.remedy)
  }

  /// A file that git would call renamed, whose words are not what went out.
  private func reworded(_ reading: PostReading, _ post: Post, _ text: [UInt8]) -> Diagnostic? {
    let lines = Self.lines(text)
    let likely = files.map { file in
      let common = lines.reduce(0) { $0 + min($1.value, file.lines[$1.key] ?? 0) * ($1.key.utf8.count + 1) }
      return (file: file, share: Double(common) / Double(max(file.size, text.count, 1)))
    }.filter { $0.share >= 0.5 && $0.file.post != post.repeats && $0.file.post != post.id }.max { $0.share < $1.share }
    guard let file = likely?.file else { return nil }
    let names = Set(reading.deliveries.map(\.id.account))
    let olds = file.olds.filter { names.contains($0.id.account) }
    guard let old = olds.first else { return nil }
    let renamed = Renamed(DeliveryID(post: post.id, account: old.id.account), is: old.id, old.standing)
    return Diagnostic(
      .postReworded, at: reading.contentSpan == .wholeFile ? reading.timeSpan : reading.contentSpan, of: reading.path,
      "\(post.id) is an old post under a new name and with other words: \(renamed.what(to: olds.map(\.id.account))), and this goes out as well",
      hint: "\(renamed.remedy); if it is a new post, nothing has to be done")
  }

  private static func lines(_ text: [UInt8]) -> [Substring: Int] {
    String(decoding: text, as: UTF8.self).split(separator: "\n").reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  /// Of those that a change takes away, this many are looked at for files that look like them.
  private static let mostFiles = 200
}
