import ArgumentParser
import Engine
import Schedule

/// `posthorn resume --burst COMMIT`
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Let go out what a fetch made due all at once.",
    discussion:
      "More deliveries than policy.burst that become due within an hour through one fetch are held until somebody says that it is meant.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var host: HostFlags
  @Option(help: ArgumentHelp("The commit that brought them, as posthorn status names it.", valueName: "commit"))
  var burst: String

  func validate() throws {
    guard burst.count >= 7, burst.allSatisfy(\.isHexDigit) else {
      throw ValidationError("--burst \(burst) is not a commit; give seven hexadecimal digits at least")
    }
  }

  func run() async throws {
    let options = try common.resolved()
    let access = try HostAccess(host, options.host)
    let location = try resolveLocation(options, access)
    if let answer = try ControlRequest.resumeBurst(commit: burst).handedOver(options, location) { return options.console.note(answer) }
    let pass = try EngineHost(options, access, location: location, interval: .seconds(60))
    try await stopping { try await pass.engine.open() }
    let answer = await Self.acknowledge(burst, pass.engine)
    guard answer.hasPrefix("ok") else { throw Failure.couldNot(String(answer.dropLast())) }
    options.console.note("\(answer.dropLast()); they go out with the next posthorn reconcile or daemon")
  }

  /// The answer in words, for this command or for one that asked through the daemon's socket.
  static func acknowledge(_ commit: String, _ engine: Engine) async -> String {
    do {
      let count = try await engine.acknowledgeBurst(commit)
      return count > 0 ? "ok: \(count) deliveries are let go\n" : "error: nothing is held because of \(commit); see: posthorn status\n"
    } catch {
      return "error: \(error)\n"
    }
  }
}
