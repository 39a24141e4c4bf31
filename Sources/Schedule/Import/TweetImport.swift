import YAML

/// Reads the files of a repository of twitter-together: a text, and front matter with media and a time.
///
/// - Source: github.com/twitter-together/action, `lib/common/parse-tweet-file-content.js`: front matter between lines of three hyphens with
///   `schedule`, `media` (`file`, `alt`), `poll`, `reply`, `retweet` and `thread-delimiter`; poll options as last lines; `---` in a thread.
public struct TweetImport {
  /// When what has no time of its own goes out: from when on, and how far apart.
  public struct Times {
    public var first: WallClock
    public var apart: Duration

    public init(first: WallClock, apart: Duration) { (self.first, self.apart) = (first, apart) }

    /// The time of one of them, counted from 0.
    func time(_ index: Int) -> WallClock { WallClock(secondsOnWall: first.secondsOnWall + Int64(index) * (apart.milliseconds / 1000)) }
  }

  private let defaults: ImportDefaults
  /// The zone that an instant is told in.
  private let zone: Zone?
  private let times: Times?
  private var untimed = 0
  public private(set) var reading = ImportReading()

  public init(defaults: ImportDefaults, zone: Zone?, times: Times?) { (self.defaults, self.zone, self.times) = (defaults, zone, times) }

  /// Takes one file; what cannot be a post is told in ``reading``, and never half imported.
  ///
  /// - Parameter source: the file's path; its name becomes the post's id.
  public mutating func add(_ bytes: [UInt8], named source: String) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      reading.diagnostics.append(Diagnostic(.fileEncoding, of: source, "the file is not UTF-8", hint: "convert it, and import it again"))
      return
    }
    var tweet = Tweet(text.withLineFeeds, source: source)
    if tweet.text.isEmpty, tweet.diagnostics.isEmpty {
      tweet.report(.fileEmpty, at: .wholeFile, "the file has no text", hint: "write the post by hand: posthorn new")
    }
    let time = tweet.diagnostics.isEmpty ? time(of: &tweet) : nil
    reading.diagnostics += tweet.diagnostics
    guard let time, tweet.diagnostics.isEmpty else { return }
    let stem = source.split(separator: "/").last.map { $0.hasSuffix(".tweet") ? $0.dropLast(6) : $0 } ?? ""
    var post = PostText(
      id: PostText.slug(String(stem), words: .max), accounts: defaults.accounts, time: time, timezone: defaults.timezone,
      caption: tweet.text,
      media: tweet.media)
    if post.id.isEmpty { post.id = post.suggestedID }
    reading.posts.append(ImportedPost(text: post, source: source, span: .wholeFile, places: tweet.places, hasOwnID: true))
  }

  /// What `schedule` says, told on the clock of the zone; else the next of the times that were chosen.
  private mutating func time(of tweet: inout Tweet) -> String? {
    guard let (written, span) = tweet.schedule else {
      guard let times else {
        tweet.report(
          .keyMissing, at: .wholeFile, "the file has no \"schedule\"",
          hint: "say when such files go out: --time 2026-12-01T09:00 --every 1d")
        return nil
      }
      defer { untimed += 1 }
      return times.time(untimed).description
    }
    // Milliseconds, as JavaScript writes them, are always zeros here.
    let text = written.firstRange(of: ".000").map { written.replacingCharacters(in: $0) } ?? written
    guard let (clock, offset) = try? WallClock.parse(text) else {  // The text is checked again, and with words, as the post's time.
      return written
    }
    guard let offset else { return clock.description }
    guard let zone else {
      tweet.report(
        .zoneMissing, at: span, "\(quoted(written)) is an instant, and there is no zone to tell it in",
        hint: "choose one: --timezone Europe/Berlin")
      return nil
    }
    let instant = Instant(seconds: clock.secondsOnWall - Int64(offset.seconds))
    let wall = zone.wallClock(at: instant)
    guard case .twice = zone.occurrences(of: wall) else { return wall.description }
    return "\(wall)\(zone.offset(at: instant))"
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>) -> String {
    String(self[..<range.lowerBound] + self[range.upperBound...])
  }
}
