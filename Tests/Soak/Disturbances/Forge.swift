import Foundation
import Support

/// Somebody who can push writes where only the program writes: records of what never happened, claims with other words, garbage; or removes what
/// is there. Some of it is cleaned up again, most of it stays.
struct Forge: Disturbance {
  static let kind = DisturbanceKind.forge

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    let forger = Forger(world, chance)
    let before = try await onThread { try forger.push() }
    try await Task.sleep(for: chance.seconds(2...12, "stays"))
    guard !before.isEmpty else { return }
    try await onThread { _ = try world.people.push(before, message: "clean up") }
  }
}

/// One act of forgery.
struct Forger {
  private let world: World
  private let chance: Chance
  private let upstream: GitClient

  init(_ world: World, _ chance: Chance) { (self.world, self.chance, upstream) = (world, chance, world.repository.upstream) }

  enum Act: String, CaseIterable {
    case record, recordInForm, recordOfTomorrow
    case claim, claimOfOtherWords, claimOnceMore, claimWithFullStop, claimOfGarbage, claimIsRemoved
    case claimingOfGarbage, claiming
    case daemonOfGarbage, daemon
    case statusIsFolder, statusIsFalse
    case key
  }

  /// What no honest pusher ever asked for.
  static let caption = "FORGED"

  /// Pushes it.
  ///
  /// - Returns: what has to be pushed to clean it up, where people would notice it.
  func push() throws -> [String: String?] {
    let act = chance.pick(Act.allCases, "act")
    guard let forgery = try forgery(act) else { return [:] }
    world.diary("forge \(act.rawValue): \(forgery.files.keys.sorted().joined(separator: " "))")
    var pusher = Pusher(upstream: upstream)
    if act == .recordInForm { (pusher.name, pusher.email) = ("Posthorn", "posthorn@localhost") }
    var before: [String: String?] = [:]
    if act.isNoticed || chance.happens(0.3, "noticed") {
      for path in forgery.files.keys { before[path] = try? upstream.git("show", "main:\(path)") }
    }
    try pusher.push(forgery.files, message: forgery.message)
    return before.merging(forgery.files.keys.filter { before[$0] == nil && act.isNoticed }.map { ($0, nil) }) { old, _ in old }
  }

  private struct Forgery {
    var files: [String: String?]
    var message = "a change"
  }

  private func forgery(_ act: Act) throws -> Forgery? {
    switch act {
    case .claimingOfGarbage: return Forgery(files: ["schedule/status/claims.json": "garbage"])
    case .daemonOfGarbage: return Forgery(files: ["schedule/status/daemon.json": "garbage"])
    case .key: return Forgery(files: ["schedule/status/keys/\(hex("key").prefix(16)).json": chance.happens(0.5, "json") ? "{}" : "garbage"])
    case .claiming:
      return Forgery(
        files: ["schedule/status/claims.json": text(["schema": 1, "claims": "push", "since": time(-3600)].merging(somebody) { $1 })])
    case .daemon:
      let record: [String: Any] = [
        "schema": 1, "claims": "local", "place": "", "since": time(-60), "answers_within": 10, "asked": NSNull(), "refused": NSNull(),
      ]
      return Forgery(files: ["schedule/status/daemon.json": text(record.merging(somebody) { $1 })])
    case .record, .recordInForm, .recordOfTomorrow: return try record(act)
    case .claim, .claimOfOtherWords, .claimOnceMore, .claimWithFullStop, .claimOfGarbage: return try claim(act)
    case .claimIsRemoved:
      let names = try upstream.git("ls-tree", "-r", "--name-only", "main", "--", "schedule/status/claims").split(separator: "\n")
      return names.isEmpty ? nil : Forgery(files: [String(chance.pick(names, "claim")): nil])
    case .statusIsFolder, .statusIsFalse: return status(act)
    }
  }

  /// Another daemon, or that of the newest record: everybody can read its name.
  private var somebody: [String: Any] {
    let truth = try? truth()
    let isOwn = chance.happens(0.5, "own")
    return [
      "host": isOwn ? truth?["host"] as? String ?? "elsewhere" : "elsewhere",
      "incarnation": isOwn ? truth?["incarnation"] as? String ?? hex("incarnation") : hex("incarnation"), "version": "0.1.0",
    ]
  }

  /// A record that is true.
  private func truth() throws -> [String: Any]? {
    let names = try upstream.git("ls-tree", "-r", "--name-only", "main", "--", "schedule/history").split(separator: "\n")
    guard !names.isEmpty else { return nil }
    let text = try upstream.git("show", "main:\(chance.pick(names, "truth"))")
    return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
  }

  /// One that goes out in a moment, or went out a moment ago.
  private func delivery(_ range: ClosedRange<TimeInterval>) -> (Books.Delivery, Books.Wish)? {
    let found = world.timetable.upcoming(in: range)
    guard !found.isEmpty else { return nil }
    let delivery = chance.pick(found, "delivery")
    return world.timetable.wishes[delivery].map { (delivery, $0) }
  }
}

// MARK: - Records and claims

extension Forger {
  /// Something that is still to go out went out, it says.
  private func record(_ act: Act) throws -> Forgery? {
    guard let (delivery, wish) = delivery(2...90), var record = try truth() else { return nil }
    let path = Timetable.path(of: delivery.post)
    record.merge(try facts(of: delivery, wish).merging(somebody) { $1 }) { $1 }
    record["attempt"] = 1
    record["outcome"] = chance.pick(["published", "published", "failed", "in_doubt", "cancelled"], "outcome")
    record["path"] = path
    record["started_at"] = time(-2)
    record["finished_at"] = act == .recordOfTomorrow ? (chance.happens(0.5, "century") ? "2099-01-01T00:00:00.000Z" : time(900)) : time(-1)
    record["next_attempt_at"] = NSNull()
    let day = wish.due.formatted(.iso8601.year().month().day().dateSeparator(.dash)).replacing("-", with: "/")
    let file = "schedule/history/\(day)/\(delivery.post)/\(delivery.account).1.json"
    guard act == .recordInForm else { return Forgery(files: [file: text(record)]) }
    let trailers = "Posthorn-Source: \(hex("source"))\nPosthorn-Host: elsewhere\n"
    return Forgery(files: [file: text(record)], message: "publish \(delivery.post) to \(delivery.account)\n\n\(trailers)")
  }

  /// A claim on something that is due, which another daemon is to take over.
  private func claim(_ act: Act) throws -> Forgery? {
    let range: ClosedRange<TimeInterval> = act == .claimOnceMore ? -300...(-10) : -10...40
    guard let (delivery, wish) = delivery(range) else { return nil }
    let file = "schedule/status/claims/\(delivery.post)/\(delivery.account).json"
    if act == .claimOfGarbage { return Forgery(files: [file: "garbage"]) }
    var claim = try facts(of: delivery, wish).merging(somebody) { $1 }
    var files: [String: String?] = [:]
    let path = Timetable.path(of: delivery.post)
    // None where the post was just removed by a force-push.
    var blob = try? upstream.git("rev-parse", "main:\(path)")
    let caption = act == .claimOfOtherWords ? Self.caption : wish.caption
    if act == .claimOfOtherWords {
      let post = "scheduled_time: \(wall(wish.due))\ntimezone: UTC\naccounts: [\(delivery.account)]\ncaption: \(Self.caption)\n"
      let other = "schedule/status/claims/\(hex("blob").prefix(8)).txt"
      files[other] = post
      blob = try upstream.git("hash-object", "-w", "--stdin", input: post)
    }
    claim["schema"] = 1
    claim["path"] = path
    claim["attempt"] = act == .claimOnceMore ? 2 : 1
    claim["claimed_at"] = time(-1200)
    claim["valid_until"] = time(chance.happens(0.7, "over") ? -900 : 60)
    if act == .claimWithFullStop { claim["key"] = "a.b" }
    if act == .claimOnceMore { claim["key"] = try key(of: delivery, wish, attempt: 2) }
    claim["media"] = [Any]()
    claim["remote"] = NSNull()
    claim["steps"] =
      Receivers.dedupes(delivery.account) ? [["name": "body_sha256", "value": try digest(body(of: claim, wish, caption))]] : []
    claim["content_sha256"] = hex("content") + hex("content again")
    claim["source"] = [
      "author": "Author <author@example.org>", "blob": blob ?? hex("no blob"), "commit": try upstream.git("rev-parse", "main"),
      "committer": "Author <author@example.org>",
    ]
    files[file] = text(claim)
    return Forgery(files: files)
  }

  private func status(_ act: Act) -> Forgery? {
    guard let (delivery, wish) = delivery(-5...90) else { return nil }
    let file = Timetable.path(of: delivery.post).replacing("schedule/posts/", with: "schedule/status/posts/").dropLast(5) + ".json"
    if act == .statusIsFolder { return Forgery(files: ["\(file)/in-the-way.txt": "in the way\n"]) }
    let path = Timetable.path(of: delivery.post)
    let entry: [String: Any] = [
      "account": delivery.account, "attempts": 1, "error": NSNull(), "next_attempt_at": NSNull(), "platform": "webhook", "remote": NSNull(),
      "reason": NSNull(), "state": "published",
    ]
    let status: [String: Any] = [
      "schema": 1, "post": delivery.post, "path": path, "state": "published", "scheduled_at": time(of: wish.due), "published_at": time(-1),
      "deliveries": [entry],
    ]
    return Forgery(files: [String(file): text(status)])
  }

  private func facts(of delivery: Books.Delivery, _ wish: Books.Wish) throws -> [String: Any] {
    [
      "post": delivery.post, "account": delivery.account, "platform": "webhook", "scheduled_at": time(of: wish.due),
      "scheduled_time": wall(wish.due), "timezone": "UTC", "tzdata": "2025b",
      "key": try key(of: delivery, wish, attempt: 1),
    ]
  }

  /// The name of an arming: everybody can compute it.
  private func key(of delivery: Books.Delivery, _ wish: Books.Wish, attempt: Int) throws -> String {
    let milliseconds = Int64(wish.due.timeIntervalSince1970 * 1000)
    return "msg_\(try digest("\(delivery.post)\n\(delivery.account)\n\(milliseconds)\n\(attempt)").prefix(32))"
  }

  /// What a receiver would get.
  private func body(of claim: [String: Any], _ wish: Books.Wish, _ caption: String) throws -> String {
    let none = NSNull()
    let data: [String: Any] = [
      "account": claim["account"] ?? none, "caption": caption, "key": claim["key"] ?? none, "media": [Any](), "options": [String: Any](),
      "post": claim["post"] ?? none, "scheduled_at": time(of: wish.due), "scheduled_time": wall(wish.due), "timezone": "UTC", "title": none,
    ]
    let body: [String: Any] = ["data": data, "timestamp": time(of: wish.due), "type": "post.due"]
    return String(
      decoding: try JSONSerialization.data(withJSONObject: body, options: [.sortedKeys, .withoutEscapingSlashes]), as: UTF8.self)
  }

  private func digest(_ text: String) throws -> String { String(try run(["sha256sum"], input: Data(text.utf8)).prefix(64)) }
}

// MARK: - Words

extension Forger {
  private func text(_ object: [String: Any]) -> String {
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    guard let data = try? JSONSerialization.data(withJSONObject: object, options: options) else { return "garbage" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  /// 32 hexadecimal digits.
  private func hex(_ question: String) -> String {
    (0..<4).map { String(format: "%08x", UInt32(chance.unit("\(question) \($0)") * 4_294_967_295)) }.joined()
  }

  private func time(_ fromNow: TimeInterval) -> String { time(of: Date() + fromNow) }
  private func time(of date: Date) -> String { date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
  private func wall(_ date: Date) -> String { String(time(of: date).prefix(19)) }
}

extension Forger.Act {
  /// Whether daemons that cannot read it stop something, so that people look for it.
  fileprivate var isNoticed: Bool {
    switch self {
    case .claimingOfGarbage, .claiming, .daemonOfGarbage, .statusIsFolder: true
    default: false
    }
  }
}
