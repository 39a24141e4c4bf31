import ArgumentParser
import Git
import Schedule

/// `posthorn plan [BASE..HEAD]`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what a range of commits would do, before it is merged.",
    discussion: """
      Without a range it lists what is pending in the work tree, or at the head of a bare repository. BASE..HEAD is what merging HEAD into \
      BASE would do, as a forge shows it, and so is BASE...HEAD; each takes what git takes, and an end that is left out is HEAD. \
      With --exit-code it ends with 1 if there are changes, 0 if there are none, and more on an error.
      """)

  @OptionGroup var common: CommonOptions
  @Argument(help: ArgumentHelp("Two commits, such as origin/main..HEAD.", valueName: "base..head"))
  var range: String?
  @Flag(help: "End with 1 if there are changes.")
  var exitCode = false

  func run() throws {
    let options = try common.resolved(formats: [.text, .json, .markdown])
    let zones = try Zones.host()
    let now = Instant.now
    let report = try range.map { range in try Self.report(range, options, zones, now) } ?? Self.pending(options, zones, now)
    switch options.report {
    case .json: options.console.result(report.json)
    case .markdown: options.console.result(try PlanComment(report).text())
    default: options.console.result(report.text(options.console.color(on: .standard)))
    }
    if exitCode, !report.plan.changes.isEmpty { throw ExitStatus.findings.exit }
  }

  private static func pending(_ options: ResolvedOptions, _ zones: Zones, _ now: Instant) throws(Failure) -> PlanReport {
    let content = try current(options, zones)
    // A folder outside git, or without a commit, has no records: then nothing has happened yet.
    let commit = (try? RepositoryView(options)).flatMap { view in
      (try? view.records(onBranch: content.catalog.settings.record.branch)).flatMap { $0 }.map { (view.path, $0) }
    }
    let recorded = try commit.map { path, commit throws(Failure) in try Self.recorded(nil, at: commit, in: path, options) }
    return PlanReport(
      plan: Plan(pending: content.side, observed: recorded?.observed ?? [:], now: now), content: content, zones: zones, now: now)
  }

  /// What lies in the work tree; a bare repository has none, and its head is what counts.
  private static func current(_ options: ResolvedOptions, _ zones: Zones) throws(Failure) -> ContentState {
    guard !WorkTree.isBare(options.repo) else {
      let view = try RepositoryView(options)
      return try ContentState(at: view.commit.hex, in: view.path, folder: options.folder, zones: zones)
    }
    let tree = try WorkTree(at: options.repo, folder: options.folder)
    return try ContentState(try tree.listing(), in: tree.files(isNew: { _, _ in false }), zones: zones)
  }

  private static func report(
    _ range: String, _ options: ResolvedOptions, _ zones: Zones, _ now: Instant
  ) throws(Failure) -> PlanReport {
    let (path, merge) = try merge(range, options)
    let sides = try PlannedRange(merge, in: path, folder: options.folder, zones: zones)
    var recorded = try recorded(sides.recorded, at: merge.onto, in: path, options)
    recorded.merge(try Self.recorded(sides.recorded, at: merge.head, in: path, options))
    // The records of this clone may be newer than either, or on a branch of their own; a clone at a detached head has none.
    if let view = try? RepositoryView(options), let commit = try view.records(onBranch: sides.content.catalog.settings.record.branch) {
      recorded.merge(try Self.recorded(sides.recorded, at: commit, in: view.path, options))
    }
    return PlanReport(
      plan: Plan(
        from: sides.base, to: sides.head, observed: recorded.observed, outAt: recorded.outAt, beside: sides.context, now: now),
      base: merge.base.hex, onto: merge.onto.hex, head: merge.head.hex,
      content: sides.content, zones: zones, now: now, compared: sides.isEverything ? nil : sides.context.posts.count)
  }

  private static func merge(_ range: String, _ options: ResolvedOptions) throws(Failure) -> (path: String, MergedChanges) {
    guard let dots = range.firstRange(of: "...") ?? range.firstRange(of: "..") else {
      throw .usage("\"\(range)\" is not a range of commits; write BASE..HEAD, such as origin/main..HEAD")
    }
    guard RemoteURL(options.repo).isLocal else {
      throw .couldNot(
        "\(options.repo) is a URL, and a range is read from a repository on this host; clone it and name the clone with --repo")
    }
    func name(_ end: Substring) -> String { end.isEmpty ? "HEAD" : String(end) }
    do throws(GitError) {
      let path = try Repository.discover(from: RemoteURL(options.repo).path)
      let repository = try Repository(screened: path, content: options.folder)
      let (onto, head) = (
        try repository.revision(name(range[..<dots.lowerBound])), try repository.revision(name(range[dots.upperBound...]))
      )
      return (path, try MergedChanges(of: head, into: onto, in: repository, folder: options.folder))
    } catch {
      guard error.step.hasPrefix("find the commit") else { throw RepositoryView.failure(error, options.repo) }
      throw .couldNot("\(error.description); name commits of this clone (fetch first, with the whole history: git fetch --unshallow)")
    }
  }

  /// How deliveries stand, as records say.
  private struct Recorded {
    var observed: [DeliveryID: DeliveryState.Name] = [:]
    var outAt: [PostID: Instant] = [:]

    mutating func merge(_ other: Recorded) {
      observed.merge(other.observed) { $0.isOut ? $0 : $1 }
      outAt.merge(other.outAt) { $1 }
    }
  }

  /// - Parameter posts: by path; `nil` for all.
  private static func recorded(
    _ posts: Set<String>?, at commit: ObjectID, in path: String, _ options: ResolvedOptions
  ) throws(Failure) -> Recorded {
    let records = try RecordFolder(at: commit, in: path, folder: options.folder, complain: options.console.note)
    let statuses = if let posts { try records.statuses(ofPosts: posts) } else { try records.statuses() }
    return statuses.reduce(into: Recorded()) { recorded, status in
      for delivery in status.deliveries { recorded.observed[DeliveryID(post: status.post, account: delivery.account)] = delivery.state }
      recorded.outAt[status.post] = status.publishedAt
    }
  }
}
