import FuzzTargets
import Testing

@Suite("Hostile bytes", .serialized)
struct ReplayTests {
  @Test("Row 61: no seed, and nothing that a fuzzer ever found, breaks a rule or takes long", arguments: FuzzTarget.all)
  func replay(target: FuzzTarget) throws {
    for (name, bytes) in try Corpus.inputs(of: target) { try run(target, bytes, name) }
  }

  @Test("Row 61: nor do mutations of them, the same ones in every run", arguments: FuzzTarget.all)
  func mutations(target: FuzzTarget) throws {
    var mutator = Mutator(seed: 61, inputs: try Corpus.inputs(of: target).map(\.bytes))
    for number in 0..<400 { try run(target, mutator.next(), "mutation \(number)") }
  }

  @Test("Every fuzzer has seeds, and every folder of seeds a fuzzer")
  func complete() throws {
    #expect(try Corpus.folders() == FuzzTarget.all.map(\.name).sorted())
    for target in FuzzTarget.all { #expect(try !Corpus.inputs(of: target).isEmpty, "\(target)") }
  }

  private func run(_ target: FuzzTarget, _ bytes: [UInt8], _ name: String) throws {
    let start = ContinuousClock.now
    do { try target.run(bytes) } catch { Issue.record("\(target), \(name): \(error)\n\(bytes)") }
    // A hundredth of it is plenty; slow machines are no finding.
    #expect(ContinuousClock.now - start < .seconds(5), "\(target), \(name) takes long")
  }
}
