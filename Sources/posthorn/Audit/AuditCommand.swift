import ArgumentParser
import Engine
import Git
import Schedule
import Signatures

/// `posthorn audit`
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Prove from the commits that nobody meddled with history and status.",
    discussion: """
      Walks every commit: history files are written once and never changed, status follows from history, and each publication was asked \
      for by a commit that was on the branch before it, with the very content that was merged, and recorded under the seal of a key that the \
      repository knew; with --seal-key, of that one or one that leads to it. Ends with 1 if anything is wrong. \
      It reads git alone, so it works in any clone, and beside a daemon.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var signers: SignerFlags
  @OptionGroup var seal: SealFlags
  @Option(help: ArgumentHelp("Report only what commits did that this one does not contain.", valueName: "rev"))
  var since: String?
  @Option(help: ArgumentHelp("Print why a rule is there, and what to do where it is broken; reads nothing.", valueName: "rule"))
  var explain: String?

  func run() throws {
    if let explain { return try AuditRule.print(explain) }
    let options = try common.resolved()
    let view = try RepositoryView(options)
    options.console.note(view.summary)
    let report = try audit(view, options)
    let text = AuditText(report: report, branch: view.name)
    options.console.result(
      options.format == .json ? text.json(at: view.commit) : text.text(options.console.color(on: .standard)))
    if report.lacksVerifier {
      throw Failure.couldNot(
        "posthorn.yaml asked for signatures, and none was verified; name who may sign with --allowed-signers or --openpgp-keys")
    }
    if !report.violations.isEmpty { throw ExitStatus.findings.exit }
  }

  private func audit(_ view: RepositoryView, _ options: ResolvedOptions) throws(Failure) -> Audit.Report {
    let zones = try Zones.host()
    let records = try recordBranches(view, options, zones)
    let verifier = try SignerFiles(signers, options.host).verifier()
    let sealKey = try seal.key(options.host)
    do {
      let base = try since.map { rev in try Repository(screened: view.path).revision(rev) }
      return try Audit(
        of: view.path, tip: view.commit, records: records, folder: options.folder, since: base, zones: zones, verify: try verifier?(),
        sealKey: sealKey?.publicKey
      ).run()
    } catch {
      throw .couldNot("\(error)")
    }
  }

  /// The branch that records go to now, those that the settings have named, and the one that they go to where none is named.
  private func recordBranches(
    _ view: RepositoryView, _ options: ResolvedOptions, _ zones: Zones
  ) throws(Failure) -> [(branch: String, tip: ObjectID?)] {
    let named: [String]
    do { named = try Audit.recordBranches(of: view.path, upTo: view.commit, folder: options.folder, zones: zones) } catch {
      throw .couldNot("\(error)")
    }
    var branches: [(branch: String, tip: ObjectID?)] = []
    // Where records go now, and where they go without a name, nothing need have been recorded.
    let current = try view.settings(folder: options.folder, zones: zones).record.branch
    for name in named {
      let tip = try view.records(onBranch: name)
      if tip != nil || name != current { branches.append((name, tip)) }
    }
    if let tip = try view.records(onBranch: nil), !named.contains(view.defaultRecordBranch) {
      branches.append((view.defaultRecordBranch, tip))
    }
    return branches
  }
}
