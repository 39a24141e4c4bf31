import ArgumentParser
import Foundation

/// Kills the daemon again and again, at any moment of its life, while posts come due, people push and the receiver loses requests and
/// answers; then lets it drain, and compares the receiver's books with what upstream says.
///
///     swift build && swift run posthorn-soak --kills 1000 --deliveries 10000
///
/// It takes the `posthorn` that was built beside it. It prints the seed that it chose kills and losses by, and one line at the end:
///
///     kills 1000, deliveries 10000, published 9790, in doubt 210, lost 0, twice 0
///
/// The status is 1 if anything was lost or came twice, or if upstream tells another story than the receiver. Nothing here is shipped.
@main
struct Soak: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "posthorn-soak", abstract: "Kill the daemon at random, and look whether anything was lost or came twice.")

  @Option(help: "How often it is killed.")
  var kills = 1000
  @Option(help: "How many deliveries come due meanwhile.")
  var deliveries = 10_000
  @Option(help: "How long it is killed at most; draining takes up to a minute more.")
  var seconds = 3600
  @Option(help: "Where moments and losses come from. (default: by chance)")
  var seed: UInt64?

  func validate() throws {
    guard kills >= 1, seconds >= 1, deliveries >= 1 else { throw ValidationError("there is nothing to do") }
  }

  func run() async throws {
    let seed = seed ?? .random(in: 0 ... .max)
    say("seed \(seed)")
    let start = ContinuousClock.now
    let trial = try await Trial(deliveries: deliveries, seed: seed)
    let killed = try await trial.torment(kills: kills, for: .seconds(seconds))
    say("killed \(killed) times in \((ContinuousClock.now - start).components.seconds) s; draining")
    let verdict = try await trial.drain()
    for violation in verdict.violations.prefix(50) { say(violation) }
    say("\((ContinuousClock.now - start).components.seconds) s")
    say("kills \(killed), \(verdict.summary)")
    if !verdict.violations.isEmpty { throw ExitCode(1) }
  }
}

/// A line that is seen at once, wherever standard output leads.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
