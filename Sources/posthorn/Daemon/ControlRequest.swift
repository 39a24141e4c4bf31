import Engine
import Glibc
import Schedule
import StateDirectory

extension ControlRequest {
  /// Carries the request out, in the daemon or in a command that has the state directory to itself.
  ///
  /// - Returns: the answer in words, which begins with `ok:` or `error:`.
  func answer(_ engine: Engine) async -> String {
    do {
      switch self {
      case .reconcile: return "ok: it is looked at\n"
      case .pass(let isJSON):
        let report = await engine.passBeside()
        return "ok: \(report.status.rawValue) \(getpid())\n" + (isJSON ? report.json.text() : report.text)
      case .resumeBurst(let commit):
        let count = try await engine.acknowledgeBurst(commit)
        return count > 0 ? "ok: \(count) deliveries are let go\n" : "error: nothing is held because of \(commit); see: posthorn status\n"
      case .resumeClock:
        return try await engine.confirmClock() ? "ok: the clock is believed\n" : "ok: nobody doubts the clock\n"
      case .takeOver:
        switch try await engine.takeOverRepository() {
        case .nobody: return "ok: no other daemon keeps this one from publishing\n"
        case .replaced(let party): return "ok: this state directory publishes from here on, in the place of \(party.host)\n"
        case .byWord(let error):
          return "ok: this state directory publishes from here on, by your word alone: upstream cannot be asked (\(sentence(error)))\n"
        }
      case .newKey(let key, let person):
        guard let known = try await engine.vouch(forKey: key, by: person) else {
          return "error: the repository knows no key \(key), or several; see: posthorn audit --format json\n"
        }
        return "ok: what was recorded under the key \(known.id.prefix(8)) of \(known.host) counts on this host\n"
      case .rewritten(let commit, let person):
        switch try await engine.acceptRewritten(commit, by: person) {
        case .goesOn(let commit):
          return "ok: the branch goes on from \(commit.prefix(12)); what it no longer has, and has not gone out, is cancelled\n"
        case .notNeeded: return "ok: the branch contains what was adopted from it\n"
        case .isElsewhere(let tip):
          return "error: the branch is not at \(commit), but at \(tip.prefix(12)); look at that one, and if it is meant, run: "
            + "\(RewrittenBranch.command(tip))\n"
        }
      case .sync(let names):
        let news = try await engine.syncAccounts(names)
        return AccountSync.answer(news, to: names)
      case .retry(let post, let account, let again, let person):
        let (armed, renamed) = try await engine.retry(post, account, again: again, by: person)
        if armed.isEmpty, let first = renamed.first {
          return "error: \(post) is held: \(first.what); \(first.remedy); to have it sent once more, run: posthorn retry \(post) --again\n"
        }
        guard !armed.isEmpty else {
          return "error: " + (await engine.objections(toRetrying: post, account)).joined(separator: "\n") + "\n"
        }
        return "ok: armed again: \(armed.map(\.description).joined(separator: ", "))\n"
      case .seen(let id, let person):
        let count = try await engine.acknowledgeDoubles(of: id, by: person)
        return count > 0
          ? "ok: somebody has looked at \(id)\n" : "error: nothing says that \(id) was recorded twice; see: posthorn status \(id.post)\n"
      case .resolve(let id, let word, let person):
        guard try await engine.resolve(id, word, by: person) else { return "error: \(await engine.objection(toResolving: id))\n" }
        return "ok: \(id) is \(word.isPublished ? "published" : "failed; to send it again: posthorn retry \(id.post) \(id.account)")\n"
      }
    } catch {
      return "error: \(sentence(error))\n"
    }
  }

  /// Asks the daemon that has the repository, or does the work itself where none runs. An answer that is no `ok` is a failure.
  func carryOut(_ common: CommonOptions, _ host: HostFlags) async throws {
    Signals.prepareProcess()
    let options = try common.resolved()
    let access = try HostAccess(host, options.host)
    let location = try resolveLocation(options, access)
    if let answer = try handedOver(options, location) { return options.console.note(answer) }
    if needsPast { try StateLocation.requirePast(options, location) }
    let pass = try EngineHost(options, access, location: location, interval: .seconds(60))
    try await stopping { try await pass.engine.open() }
    let answer = String(await answer(pass.engine).dropLast())
    try await stopping { try await pass.engine.close() }
    guard answer.hasPrefix("ok") else {
      throw Failure.couldNot((answer.hasPrefix("error: ") ? String(answer.dropFirst("error: ".count)) : answer).printableLines)
    }
    options.console.note("\(answer.printable)\nno daemon runs; it takes effect with the next posthorn reconcile or daemon")
  }

  /// Whether it is about something that a daemon has done from the state directory; on another host there is nothing to change.
  private var needsPast: Bool {
    switch self {
    case .retry, .resolve, .seen, .resumeBurst, .resumeClock, .rewritten: true
    case .reconcile, .pass, .takeOver, .newKey, .sync: false
    }
  }

  /// Hands the request to the daemon that has the repository, if there is one.
  ///
  /// - Returns: what it says; `nil` where no daemon listens, and the caller does the work itself.
  func handedOver(_ options: ResolvedOptions, _ location: Location) throws(Failure) -> String? {
    guard let text = try answerBeside(options, location)?.split(separator: "\n").map(\.printable).joined(separator: "\n") else {
      return nil
    }
    guard text.hasPrefix("ok") else { throw .couldNot(Self.words(text)) }
    return text
  }

  private static func words(_ answer: String) -> String {
    if answer.isEmpty { return "the daemon ended without an answer" }
    return answer.hasPrefix("error: ") ? String(answer.dropFirst("error: ".count)) : answer
  }

  /// The answer as it came; `nil` where no daemon listens.
  func answerBeside(
    _ options: ResolvedOptions, _ location: Location, patience: Int = ControlSocket.patience
  ) throws(Failure) -> String? {
    let path = try StateLocation.path(options.state, for: location, folder: options.folder)
    guard FileBytes.exists("\(path)/\(ControlSocket.name)") else { return nil }
    do { return try ControlSocket.ask(line, in: try StateLocation.open(path), patience: patience) } catch { throw .couldNot("\(error)") }
  }
}
