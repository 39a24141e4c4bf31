import ArgumentParser
import Engine
import Schedule

/// `posthorn doctor`
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check that this host can do its work, and say what to type where it cannot.",
    discussion: "It changes nothing. It ends with 1 if a check fails; warnings alone end with 0.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var host: HostFlags

  func run() async throws {
    let options = try common.resolved()
    let access = try HostAccess(host, options.host)
    var findings = HostChecks.libraries() + HostChecks.zones() + HostChecks.clock(comparedWith: access.timeSource)
    let (repository, location) = RepositoryChecks.run(options, access)
    findings += repository
    findings += RecordChecks.run(options)
    let posts = ObservedPosts(options)
    if let location {
      findings += StateChecks.run(options, location, butNot: findings)
      if let posts { findings += AccountChecks.run(options, access, location, posts) }
      findings += await ClaimChecks.run(options, access, location)
    }
    if let posts { findings += DeliveryChecks.run(posts.standings, butNot: findings) }
    if access.claims != .local, access.sealKey == nil {
      findings.append(
        .warn(
          "seal",
          "records and claims of other daemons are believed whatever key they bring along: this one has no key that it shares with them",
          "openssl genpkey -algorithm ed25519 -out seal.key, and --seal-key seal.key for each of them"))
    }
    print(findings, options)
    if findings.contains(where: { $0.level == .fail }) { throw ExitStatus.findings.exit }
  }

  private func print(_ findings: [Finding], _ options: ResolvedOptions) {
    switch options.format {
    case .json: options.console.result(JSON.array(findings.map(\.json)).text())
    case .text:
      let color = options.console.color(on: .standard)
      for finding in findings where options.console.detail != .quiet || finding.level != .ok {
        let word = finding.level.rawValue.padded(to: 4)
        options.console.result("\(finding.level.ink.paint(word, color))  \(finding.subject.padded(to: 12))  \(finding.text.printable)\n")
        if let advice = finding.advice { options.console.result("                    \(advice.printable)\n") }
      }
    }
  }
}

/// What one check found.
struct Finding {
  enum Level: String {
    case ok, warn, fail

    fileprivate var ink: Ink {
      switch self {
      case .ok: .green
      case .warn: .yellow
      case .fail: .red
      }
    }
  }

  var level: Level
  /// What was looked at: `tzdata`.
  var subject: String
  var text: String
  /// What to do next, where there is something to do.
  var advice: String?

  static func ok(_ subject: String, _ text: String) -> Finding { Finding(level: .ok, subject: subject, text: text) }
  static func warn(_ subject: String, _ text: String, _ advice: String) -> Finding {
    Finding(level: .warn, subject: subject, text: text, advice: advice)
  }
  static func fail(_ subject: String, _ text: String, _ advice: String) -> Finding {
    Finding(level: .fail, subject: subject, text: text, advice: advice)
  }

  fileprivate var json: JSON {
    ["level": .string(level.rawValue), "subject": .string(subject), "text": .string(text), "advice": JSON(advice)]
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - displayWidth)) }
}
