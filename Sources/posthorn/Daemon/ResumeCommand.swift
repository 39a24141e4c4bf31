import ArgumentParser
import Engine

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

  func run() async throws { try await ControlRequest.resumeBurst(commit: burst).carryOut(common, host) }
}
