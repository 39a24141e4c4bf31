import ArgumentParser
import Engine

/// `posthorn resume --burst COMMIT [--push] | --clock | --take-over | --new-key KEY | --rewritten COMMIT`
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Let go out what is held until a person says that it may.",
    discussion: """
      More deliveries than policy.burst that become due within an hour through one fetch are held until somebody says that it is meant. \
      While the clock of the host is in doubt, everything that is due is held until a server agrees with it, or somebody does. \
      A state directory publishes nothing while another one may: it asks in the repository, and takes over when there is no answer. \
      Records under a key that no older one vouches for, because that one was lost, count once somebody vouches for it. \
      A branch that was rewritten is not adopted until somebody names the commit that it goes on from, the one that it is at: the word is for \
      that commit alone, and everything on it has to pass what a push has to. Each host that has adopted the old history is told by itself. \
      Jobs that start with an empty disk hear of a burst with --push alone: it writes a record under the seal of the key that they have, and \
      needs --seal-key for that.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var host: HostFlags
  @Option(help: ArgumentHelp("The commit that brought a burst, as posthorn status names it.", valueName: "commit"))
  var burst: String?
  @Flag(help: "With --burst: say it in the repository, for jobs that keep no state directory, instead of on this host.")
  var push = false
  @Flag(help: "The clock of this host is right.")
  var clock = false
  @Flag(help: "The other daemon that published from the repository is stopped for good; this one need not wait for its answer.")
  var takeOver = false
  @Option(
    help: ArgumentHelp("The key that records are sealed with is one of ours, although no older one vouches for it.", valueName: "key"))
  var newKey: String?

  @Option(
    help: ArgumentHelp(
      "The branch was rewritten on purpose: the commit that it is at, as posthorn status names it, goes on in the place of what was adopted.",
      valueName: "commit"))
  var rewritten: String?

  func validate() throws {
    guard [burst != nil, clock, takeOver, newKey != nil, rewritten != nil].count(where: \.self) == 1 else {
      throw ValidationError("say one of --burst COMMIT, --clock, --take-over, --new-key KEY and --rewritten COMMIT")
    }
    guard !push || burst != nil else { throw ValidationError("--push goes with --burst COMMIT") }
    guard newKey.map({ (7...32).contains($0.count) && $0.allSatisfy(\.isHexDigit) }) ?? true else {
      throw ValidationError("--new-key \(newKey ?? "") is not a key; give seven hexadecimal digits at least")
    }
    for (option, commit) in [("burst", burst), ("rewritten", rewritten)] {
      guard commit.map({ $0.count >= 7 && $0.allSatisfy(\.isHexDigit) }) ?? true else {
        throw ValidationError("--\(option) \(commit ?? "") is not a commit; give seven hexadecimal digits at least")
      }
    }
  }

  func run() async throws {
    if push, let burst { return try await WordCommand.letGo(burst: burst, common, host) }
    let person = try WordCommand.person(common.resolved())
    let request =
      burst.map { ControlRequest.resumeBurst(commit: $0) } ?? newKey.map { .newKey($0.lowercased(), by: person) }
      ?? rewritten.map { .rewritten(commit: $0.lowercased(), by: person) } ?? (clock ? .resumeClock : .takeOver)
    try await request.carryOut(common, host)
  }
}
