import Engine
import Foundation
import Schedule
import Support
import Testing

@Suite("Somebody else writes the record of who publishes")
struct ForgedKeeperTests {
  /// What is pushed in its place, one after another, by whoever can push.
  enum Forgery: CaseIterable, CustomTestStringConvertible {
    case removed, spoiled, namesTheWaiting, standsInThePlaceOfTheWaiting, saysNoTerm, saysAskedLongAgo, saysAnswered
    case namesAThird, namedTheWaitingAndRemoved, saidNoTermAndRemoved

    var testDescription: String { "\(self)" }

    /// - Parameters:
    ///   - record: what stood there.
    ///   - waiting: the one that wants to publish.
    func texts(_ record: DaemonRecord, waiting: DaemonRecord.Party) -> [String?] {
      var forged = record
      switch self {
      case .removed: return [nil]
      case .spoiled: return ["{"]
      case .namesTheWaiting, .namedTheWaitingAndRemoved: (forged.keeper, forged.asked) = (waiting, nil)
      case .standsInThePlaceOfTheWaiting:
        forged.keeper = .init(host: "x", incarnation: String(repeating: "0", count: 32), place: waiting.place)
      case .saysNoTerm, .saidNoTermAndRemoved: forged.answersWithin = .zero
      case .saysAskedLongAgo: forged.asked = .init(waiting, at: record.since + .seconds(-90_000))
      case .saysAnswered: (forged.asked, forged.refused) = (nil, .init(waiting, at: .noon))
      case .namesAThird: forged.keeper = .init(host: "third", incarnation: String(repeating: "3", count: 32), place: "third")
      }
      let isRemoved = self == .namedTheWaitingAndRemoved || self == .saidNoTermAndRemoved
      return [forged.json.text()] + (isRemoved ? [nil] : [])
    }
  }

  /// "one" publishes, "two" has asked, and then somebody pushes.
  private static func stage(_ forgery: Forgery) async throws -> Stage {
    let stage = try Stage([
      "posts/launch.yaml": post(), "posts/next.yaml": post(120, "grace: 6h"), "posts/last.yaml": post(20_000, "grace: 6h"),
    ])
    try await stage.pass(by: "one")
    try await stage.pass(after: .seconds(61), by: "two")
    try stage.forge(forgery)
    return stage
  }

  @Test("Whoever waits for a daemon that lives publishes nothing until that one has read upstream again", arguments: Forgery.allCases)
  func alive(_ forgery: Forgery) async throws {
    let stage = try await Self.stage(forgery)
    #expect(try await stage.pass(after: .seconds(60), by: "two").claimFailure != nil)
    #expect(try await stage.pass(after: .seconds(60), by: "two").claimFailure != nil)
    try await stage.pass(after: .seconds(1), by: "one")
    #expect(stage.platform.calls.map(\.id).filter { $0 == "next" }.count <= 1)
    // Neither of them is kept from it for good.
    for _ in 0..<7 {
      try await stage.pass(after: .seconds(3000), by: "one")
      try await stage.pass(after: .seconds(1), by: "two")
    }
    #expect(stage.platform.calls.map(\.id).filter { $0 != "next" } == ["launch", "last"])
    // Where one had to believe that the other was gone, what was due meanwhile is in doubt.
    let wasTakenOver = [.namesTheWaiting, .namesAThird].contains(forgery)
    #expect(try stage.outcomes("next") == [wasTakenOver ? "in_doubt" : "published"])
  }

  @Test("One that is gone is waited for as long as it was known to need, and no longer than that anew", arguments: Forgery.allCases)
  func gone(_ forgery: Forgery) async throws {
    let stage = try await Self.stage(forgery)
    #expect(try await stage.pass(after: .seconds(3400), by: "two").claimFailure != nil, "the term is an hour")
    for _ in 0..<4 { try await stage.pass(after: .seconds(3700), by: "two") }
    try await stage.pass(after: .seconds(1800), by: "two")
    #expect(stage.platform.calls.map(\.id).sorted() == ["last", "launch"])
    #expect(try stage.outcomes("next") == ["in_doubt"], "the one that is gone may have sent it")
  }

  @Test(
    "A state directory that has just been made looks for who published before somebody took that away",
    arguments: [Forgery.removed, .spoiled, .saysNoTerm, .namesAThird, .saidNoTermAndRemoved])
  func fresh(_ forgery: Forgery) async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(120, "grace: 6h")])
    try await stage.pass(by: "one")
    try stage.forge(forgery)
    #expect(try await stage.pass(after: .seconds(120), by: "two").claimFailure != nil)
    #expect(try await stage.pass(after: .seconds(120), by: "two").claimFailure != nil)
    try await stage.pass(after: .seconds(1), by: "one")
    #expect(stage.platform.calls.map(\.id).filter { $0 == "next" }.count <= 1)
    for _ in 0..<4 {
      try await stage.pass(after: .seconds(2000), by: "one")
      try await stage.pass(after: .seconds(1), by: "two")
    }
    #expect(try stage.outcomes("next") == [forgery == .namesAThird ? "in_doubt" : "published"])
  }

  @Test("A person's word ends the wait, whatever was pushed", arguments: Forgery.allCases)
  func word(_ forgery: Forgery) async throws {
    let stage = try await Self.stage(forgery)
    try await stage.takeOver(by: "two")
    try await stage.pass(after: .seconds(60), by: "two")
    try await stage.pass(after: .seconds(19_900), by: "two")
    #expect(stage.platform.calls.map(\.id) == ["launch", "next", "last"])
    #expect(try stage.daemon()?.keeper.host == "two")
  }
}

extension Stage {
  fileprivate func forge(_ forgery: ForgedKeeperTests.Forgery) throws {
    guard let record = try daemon() else { throw CocoaError(.fileNoSuchFile) }
    // One that has not asked yet has a name that a forger can guess, and no more.
    let waiting = record.asked?.party ?? .init(host: "two", incarnation: "", place: "")
    for text in forgery.texts(record, waiting: waiting) {
      try repository.clone.git("pull", "-q", "--rebase", "origin", "main")
      try repository.push([DaemonRecord.file: text])
    }
  }
}
