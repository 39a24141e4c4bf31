import ArgumentParser
import Engine
import Git
import Schedule
import StateDirectory

/// `posthorn status [POST]`
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show where every post stands, from git alone.",
    discussion: """
      Joins the posts with the records that were pushed, so it works in any clone; which commit it reads is said. On the host that publishes \
      it says, too, that a branch was rewritten and is not followed. \
      With --stuck it ends with 1 if anything is past its deadline.
      """)

  @OptionGroup var common: CommonOptions
  @Argument(help: "The id of one post, to see each of its deliveries.")
  var post: String?
  @Flag(help: "Show only deliveries that are past their deadline.")
  var stuck = false
  @Flag(help: "End with 1 if anything failed, was missed, is in doubt, or is held until somebody acts.")
  var exitCode = false

  func run() throws {
    let options = try common.resolved()
    let zones = try Zones.host()
    let now = Instant.now
    let view = try RepositoryView(options)
    options.console.note(view.summary)
    let content = try ContentState(at: view.commit.hex, in: view.path, folder: options.folder, zones: zones)
    if let problem = content.catalog.settingsStanding.problem {
      options.console.note(
        "the settings have an error, and a daemon goes by the last good ones, or holds everything: \(problem.place.printable); "
          + "see: posthorn validate")
    }
    let rewritten = Self.rewritten(options)
    if let rewritten { options.console.note("\(rewritten.text); \(rewritten.remedy)") }
    var standings = try Self.standings(view, content, options, now)
    var doubles = try Self.doubles(view, content, options)
    if let post {
      standings = try Self.standings(standings, of: post)
      doubles.removeAll { $0.id.post.text != post }
    }
    if stuck { standings = standings.compactMap { $0.onlyStuck(at: now) } }
    let isPartial = post != nil || stuck
    let report = StatusReport(
      standings: standings, nameless: isPartial ? [] : content.nameless, doubles: doubles,
      saidBy: post == nil ? [:] : try Self.saidBy(standings, view, content, options),
      drifts: try Self.drifts(standings, view, content, options), time: LocalTime(zones: zones), now: now)
    switch options.format {
    case .json: options.console.result(report.json)
    case .text:
      options.console.result(
        isPartial
          ? report.details(width: Output.standard.width, options.console.color(on: .standard))
          : report.table(width: Output.standard.width, options.console.color(on: .standard)))
      if standings.isEmpty, report.nameless.isEmpty, doubles.isEmpty {
        options.console.note(stuck ? "nothing is stuck" : "there are no posts yet; write one with: posthorn new")
      }
    }
    if stuck, !(standings.isEmpty && doubles.isEmpty) { throw ExitStatus.findings.exit }
    if exitCode, rewritten != nil || !doubles.isEmpty || standings.contains(where: { $0.needsPerson(at: now) }) {
      throw ExitStatus.findings.exit
    }
  }

  static func standings(
    _ view: RepositoryView, _ content: ContentState, _ options: ResolvedOptions, _ now: Instant
  ) throws(Failure) -> [PostStanding] {
    var recorded: [StatusRecord] = []
    if let commit = try view.records(onBranch: content.catalog.settings.record.branch) {
      recorded = try RecordFolder(at: commit, in: view.path, folder: options.folder, complain: options.console.note).statuses()
    }
    return PostStanding.all(of: content.side, recorded: recorded, now: now)
  }

  /// What was edited after it went out.
  private static func drifts(
    _ standings: [PostStanding], _ view: RepositoryView, _ content: ContentState, _ options: ResolvedOptions
  ) throws(Failure) -> [PostID: Set<AccountName>] {
    guard let commit = try view.records(onBranch: content.catalog.settings.record.branch) else { return [:] }
    let attempts = try RecordFolder(at: commit, in: view.path, folder: options.folder, complain: { _ in }).lastAttempts(of: standings)
    var found: [PostID: Set<AccountName>] = [:]
    for standing in standings {
      let accounts = PostDrift.accounts(of: standing, attempts[standing.status.post] ?? [], in: content.side)
      if !accounts.isEmpty { found[standing.status.post] = accounts }
    }
    return found
  }

  /// Whose word the last attempts of posts are, where they are somebody's.
  private static func saidBy(
    _ standings: [PostStanding], _ view: RepositoryView, _ content: ContentState, _ options: ResolvedOptions
  ) throws(Failure) -> [AccountName: String] {
    guard let status = standings.first?.status, status.deliveries.contains(where: { $0.attempts > 0 }),
      let commit = try view.records(onBranch: content.catalog.settings.record.branch)
    else { return [:] }
    let attempts = try RecordFolder(at: commit, in: view.path, folder: options.folder, complain: { _ in })
      .history(of: status.post, limit: .max)
    var found: [AccountName: String] = [:]
    for delivery in status.deliveries {
      found[delivery.account] = attempts.first { $0.account == delivery.account && $0.attempt == delivery.attempts }?.saidBy
    }
    return found
  }

  /// What this host stands still at, where it publishes from the repository; what cannot be read here is for doctor to say.
  private static func rewritten(_ options: ResolvedOptions) -> RewrittenBranch? {
    guard let location = try? resolveLocation(options, HostAccess(HostFlags.parse([]), options.host)),
      let path = try? StateLocation.path(options.state, for: location, folder: options.folder), FileBytes.exists(path),
      let state = try? Folder(at: path)
    else { return nil }
    return try? RewrittenBranch(of: state)
  }

  /// What two daemons have recorded and nobody has looked at.
  static func doubles(_ view: RepositoryView, _ content: ContentState, _ options: ResolvedOptions) throws(Failure) -> [DoubleRecord] {
    guard let commit = try view.records(onBranch: content.catalog.settings.record.branch) else { return [] }
    return try RecordFolder(at: commit, in: view.path, folder: options.folder, complain: options.console.note).doubles()
  }

  static func standings(_ all: [PostStanding], of post: String) throws(Failure) -> [PostStanding] {
    let found = all.filter { $0.status.post.text == post }
    guard found.isEmpty else { return found }
    let question = Spelling.nearest(to: post, among: all.map(\.status.post.text)).map { "; did you mean \"\($0)\"?" } ?? ""
    throw .couldNot("no post is called \"\(post)\"\(question) (list them with: posthorn status)")
  }
}

extension PostStanding {
  /// Whether a post that is still there waits for somebody, or a doubt of any: what they suspended is their own word.
  fileprivate func needsPerson(at now: Instant) -> Bool {
    guard scheduledTime != nil || status.state == .held else { return status.deliveries.contains { $0.state == .inDoubt } }
    return !stuck(at: now).isEmpty
      || status.deliveries.contains { delivery in
        delivery.state.isAlarm || delivery.state == .held && !(delivery.reason ?? "").hasPrefix("suspended")
      }
  }

  fileprivate func onlyStuck(at now: Instant) -> PostStanding? {
    var copy = self
    copy.status.deliveries = stuck(at: now)
    return copy.status.deliveries.isEmpty ? nil : copy
  }
}
