import ArgumentParser
import Foundation
import Support

/// Does to daemons what happens in the world: they are killed, suspended, copied and restored, their clocks are wrong, upstream and receivers
/// are away, and somebody forges records. Posts come due meanwhile. Then everything is healed, and the books are compared: what receivers got, what
/// upstream says, what people were told.
///
///     swift build && swift run posthorn-soak --claims push --disturbances 1000 --deliveries 10000
///
/// It takes the `posthorn` that was built beside it. It prints the seed that everything was chosen by, and one line at the end for each kind of claims:
///
///     claims push, disturbances 1000 (kill 77, stop 77, …), deliveries 10004, published 9811, in doubt 120, …, twice 0, unasked 0, early 0, …
///
/// The status is 1 if anything went out twice, unasked, early or late, or was lost or silenced. Nothing here is shipped.
@main
struct Soak: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "posthorn-soak",
    abstract: "Disturb daemons at random, and look whether anything was lost, or came twice, unasked, early or late.")

  @Option(help: "Who may publish: local, push, etcd; several times for several. (default: all)")
  var claims: [ClaimsKind] = ClaimsKind.allCases
  @Option(help: "How many disturbances there are.")
  var disturbances = 1000
  @Option(help: "How many deliveries come due meanwhile.")
  var deliveries = 10_000
  @Option(help: "Where everything comes from that is left to chance. (default: by chance)")
  var seed: UInt64?
  @Option(parsing: .upToNextOption, help: "Only these kinds of disturbances.")
  var kinds: [DisturbanceKind] = []
  @Option(help: "How many repositories there are, which are disturbed at the same time.")
  var worlds = 12
  @Option(help: "Only this one of them.")
  var only: Int?
  @Option(help: "How long disturbances go on at most.")
  var seconds = 3600
  @Option(help: "How long the daemons have afterwards to bring everything to its end.")
  var drain = 900
  @Option(help: "The program that is tried. (default: the one beside this one)")
  var product: String?
  @Option(help: "The folder that logs and diaries are kept in.")
  var logs: String?

  func validate() throws {
    guard disturbances >= 1, deliveries >= 1, worlds >= 1, seconds >= 1 else { throw ValidationError("there is nothing to do") }
  }

  func run() async throws {
    let seed = seed ?? .random(in: 0 ... .max)
    say("seed \(seed)")
    if !Machine.areApart { say("this machine has no namespaces for us: every machine is this one") }
    if !FakeClock.isInstalled { say("faketime is not installed: no clock jumps") }
    let ending = Children.endWithUs()
    defer { for source in ending { source.cancel() } }
    let scratch = try TemporaryFolder("soak")
    var isKept = true
    for claims in claims {
      let trial = Trial(
        claims: claims, chance: Chance(seed: seed).of(claims.rawValue), disturbances: disturbances, deliveries: deliveries, kinds: kinds,
        worlds: worlds, only: only, product: product ?? Posthorn.path, logs: "\(logs ?? scratch.path)/\(claims.rawValue)")
      let verdict = try await trial.run(for: .seconds(seconds), draining: .seconds(drain))
      for line in verdict.lines { say(line) }
      isKept = isKept && verdict.isKept
    }
    if !isKept { throw ExitCode(1) }
  }
}

/// A line that is seen at once, wherever standard output leads.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
