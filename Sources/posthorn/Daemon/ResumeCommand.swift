import ArgumentParser
import Engine

/// `posthorn resume --burst COMMIT | --clock | --take-over`
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Let go out what is held until a person says that it may.",
    discussion: """
      More deliveries than policy.burst that become due within an hour through one fetch are held until somebody says that it is meant. \
      While the clock of the host is in doubt, everything that is due is held until a server agrees with it, or somebody does. \
      A state directory publishes nothing while another one may: it asks in the repository, and takes over when there is no answer.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var host: HostFlags
  @Option(help: ArgumentHelp("The commit that brought a burst, as posthorn status names it.", valueName: "commit"))
  var burst: String?
  @Flag(help: "The clock of this host is right.")
  var clock = false
  @Flag(help: "The other daemon that published from the repository is stopped for good; this one need not wait for its answer.")
  var takeOver = false

  func validate() throws {
    guard [burst != nil, clock, takeOver].count(where: \.self) == 1 else {
      throw ValidationError("say one of --burst COMMIT, --clock and --take-over")
    }
    guard burst.map({ $0.count >= 7 && $0.allSatisfy(\.isHexDigit) }) ?? true else {
      throw ValidationError("--burst \(burst ?? "") is not a commit; give seven hexadecimal digits at least")
    }
  }

  func run() async throws {
    let request = burst.map { ControlRequest.resumeBurst(commit: $0) } ?? (clock ? .resumeClock : .takeOver)
    try await request.carryOut(common, host)
  }
}
