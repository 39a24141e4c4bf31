import ArgumentParser
import Engine
import Glibc
import HTTP
import Logging
import Schedule

/// `posthorn reconcile`
struct ReconcileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile", abstract: "Make one pass: publish everything that is due, record it, push the records.",
    discussion: """
      Beside a running daemon it has the daemon make the pass, and waits until what is due has ended and is recorded and pushed; with \
      --no-wait it only has the daemon fetch at once. It ends with 1 if something ended badly, or is due and held until a person acts.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var host: HostFlags
  @Flag(help: "Beside a running daemon, do not wait for the pass to end.")
  var noWait = false

  func run() async throws {
    Signals.prepareProcess()
    let options = try common.resolved()
    let access = try HostAccess(host, options.host)
    let location = try resolveLocation(options, access)
    if noWait {
      if let answer = try ControlRequest.reconcile.handedOver(options, location) { return options.console.note(answer) }
    } else if let ending = try Self.passBeside(options, location) {
      if ending != .fine { throw ending.exit }
      return
    }
    let pass = try EngineHost(options, access, location: location, interval: .seconds(60))
    let engine = pass.engine
    Signals.watch(reload: {}, stop: { Task { await engine.requestStop() } })
    let report = try await stopping { try await engine.reconcile() }
    await pass.client.shutdown()
    options.console.result(options.format == .json ? report.json.text() : report.text)
    if report.status != .fine { throw report.status.exit }
  }

  /// Has the daemon that has the repository make the pass; `nil` where none runs.
  private static func passBeside(_ options: ResolvedOptions, _ location: Location) throws(Failure) -> ExitStatus? {
    let request = ControlRequest.pass(json: options.format == .json)
    guard let answer = try request.answerBeside(options, location, patience: Self.patience) else { return nil }
    let lines = answer.split(separator: "\n", maxSplits: 1)
    let words = (lines.first ?? "").split(separator: " ")
    guard words.count == 3, words[0] == "ok:", let status = Int32(words[1]).flatMap(ExitStatus.init) else {
      throw .couldNot(answer.isEmpty ? "the daemon ended before the pass did; see its log" : answer)
    }
    options.console.note("the daemon (pid \(words[2].printable)) has the repository, and made the pass")
    options.console.result(String(lines.last ?? ""))
    return status
  }

  /// In seconds; a pass takes as long as what is due and the limits of its accounts.
  private static let patience = 3600
}

extension PassReport {
  var status: ExitStatus { isIncomplete ? .couldNot : hasFindings ? .findings : .fine }

  /// Something ended as nobody wished, or does not go out unless somebody acts.
  var hasFindings: Bool {
    settingsProblem != nil || unwritable > 0 || doubles > 0 || heldForPerson > 0 || outcomes.contains { $0.key.isAlarm && $0.value > 0 }
  }

  /// Something could not be done on this host or upstream.
  var isIncomplete: Bool { fetchFailure != nil || recordFailure != nil || claimFailure != nil || stateFailure != nil }

  var text: String {
    let counts = DeliveryState.Name.allCases.compactMap { state in outcomes[state].map { "\($0) \(state.rawValue)" } }
    var lines = [counts.isEmpty ? "nothing was due" : counts.joined(separator: ", ")]
    if held > 0 { lines.append("\(held) due and held; see: posthorn status") }
    if waiting > 0 { lines.append("\(waiting) due and waiting for the limits of their accounts") }
    if let settingsProblem { lines.append("the settings have an error: \(settingsProblem.printable)") }
    if let fetchFailure { lines.append("upstream could not be read: \(sentence(fetchFailure).printable)") }
    if let recordFailure {
      lines.append("records could not be pushed, and are kept for the next pass: \(sentence(recordFailure).printable)")
    }
    if unwritable > 0 {
      lines.append("\(unwritable) record\(unwritable == 1 ? "" : "s") could not be written: the log says what is in the way")
    }
    if doubles > 0 {
      lines.append(
        "\(doubles) deliver\(doubles == 1 ? "y was" : "ies were") recorded twice and may have gone out twice; see: posthorn doctor")
    }
    if let claimFailure { lines.append("what is due could not be claimed: \(sentence(claimFailure).printable)") }
    if let stateFailure { lines.append("what is due could not be begun: \(sentence(stateFailure).printable)") }
    return lines.joined(separator: "\n") + "\n"
  }

  var json: JSON {
    [
      "outcomes": .object(Dictionary(uniqueKeysWithValues: outcomes.map { ($0.key.rawValue, JSON($0.value)) })), "held": JSON(held),
      "held_for_person": JSON(heldForPerson),
      "waiting": JSON(waiting), "unwritable": JSON(unwritable), "doubles": JSON(doubles), "settings_problem": JSON(settingsProblem),
      "fetch_failure": JSON(fetchFailure.map { "\($0)" }),
      "record_failure": JSON(recordFailure.map { "\($0)" }),
      "claim_failure": JSON(claimFailure.map { "\($0)" }), "state_failure": JSON(stateFailure.map { "\($0)" }),
    ]
  }

  var metadata: Logger.Metadata {
    Logger.Metadata(uniqueKeysWithValues: outcomes.map { ($0.key.rawValue, "\($0.value)") })
  }
}
