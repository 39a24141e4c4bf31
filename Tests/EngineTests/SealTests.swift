import Engine
import Foundation
import Platforms
import Schedule
import Signatures
import StateDirectory
import Support
import Synchronization
import Testing

@Suite("Records under seal, against whoever can push")
struct SealTests {
  /// What a forger can say of a delivery that is still to come.
  static let claims: [DeliveryState.Name] = [.published, .failed, .missed, .cancelled, .inDoubt, .retrying]

  /// One post that went out, and one that is due ten minutes later.
  private static func stage(_ claims: ClaimsChoice = .local, sharing key: SigningKey? = nil) async throws -> Stage {
    let stage = try Stage(["posts/first.yaml": post(), "posts/launch.yaml": post(600)])
    stage.sealKey.withLock { $0 = key }
    try await stage.pass(claims: claims)
    #expect(try stage.outcomes("first") == ["published"])
    return stage
  }

  @Test("Each record carries the seal of a key of its host, and the commit that first has one makes the key known")
  func sealed() async throws {
    let stage = try await Self.stage()
    let record = try #require(try stage.attempts("first").first)
    let seal = try #require(record.seal)
    let key = try #require(try stage.key(seal.key))
    #expect(key.ownKey == key.id && key.signedBy == nil && key.host == "stage" && key.incarnation == record.incarnation)
    #expect(try stage.isSealed("first"))
    #expect(try stage.repository.recordedPaths().allSatisfy { $0.hasPrefix("schedule/history/") || $0.hasPrefix("schedule/status/") })
    try await stage.pass(after: .seconds(600))
    #expect(try stage.isSealed("launch") && stage.repository.names(under: "status/keys/").count == 1)
  }

  @Test("A seal is over all that a record says: a change of any of it is seen")
  func changed() async throws {
    let stage = try await Self.stage()
    let file = try #require(try stage.repository.names(under: "history/").first)
    let text = try #require(try stage.repository.file(file))
    for (old, new) in [
      ("\"attempt\": 1", "\"attempt\": 2"), ("\"published\"", "\"failed\""), ("\"id\": \"1\"", "\"id\": \"2\""),
      ("\n}", ",\n  \"more\": 1\n}"),
    ] {
      #expect(text.contains(old))
      try stage.pull()
      try stage.repository.push([file: text.replacing(old, with: new)])
      #expect(try !stage.isSealed("first"), "\(new)")
    }
  }

  @Test(
    "Row 83: A forged record of this very state directory changes nothing: the post goes out on time, and the true record takes its place",
    arguments: claims)
  func ownIncarnation(_ outcome: DeliveryState.Name) async throws {
    let stage = try await Self.stage()
    try stage.forge("launch") { $0.outcome = outcome }
    try await stage.pass(after: .seconds(10))
    let named = try DoubtfulRecord.all(in: Folder(at: stage.host.path("state")))
    #expect(named.map(\.path) == ["schedule/history/2026/11/27/launch/acme.1.json"] && named.allSatisfy(\.isForged))
    try await stage.pass(after: .seconds(590))
    #expect(stage.platform.calls.map(\.id) == ["first", "launch"])
    #expect(try stage.outcomes() == ["published"] && stage.isSealed("launch"))
    #expect(try stage.status()?.deliveries.map(\.state) == [.published])
    // Neither does the forgery make the directory an older copy of itself.
    try await stage.pass(after: .seconds(10))
    #expect(stage.platform.calls.count == 2)
  }

  @Test(
    "A forged record of this state directory changes nothing where records are shared, pushed before or while it runs", arguments: claims)
  func ownIncarnationPushed(_ outcome: DeliveryState.Name) async throws {
    let stage = try await Self.stage(.push)
    try stage.forge("launch") { $0.outcome = outcome }
    try await stage.pass(after: .seconds(10), claims: .push)
    try await stage.pass(after: .seconds(590), claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["first", "launch"])
    #expect(try stage.outcomes() == ["published"] && stage.isSealed("launch"))
  }

  @Test(
    "Row 83: A record of another daemon that nobody vouches for neither ends nor frees its delivery: it is held, with the file and what to type",
    arguments: claims)
  func another(_ outcome: DeliveryState.Name) async throws {
    let stage = try await Self.stage(.push)
    try stage.forge("launch") { ($0.outcome, $0.incarnation, $0.attempt) = (outcome, "00000000000000000000000000000000", 7) }
    let before = try await stage.pass(after: .seconds(10), claims: .push)
    #expect(before.held == 0)
    let report = try await stage.pass(after: .seconds(595), claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["first"] && report.held == 1)
    #expect(try DoubtfulRecord.all(in: Folder(at: stage.host.path("state"))).map(\.isForged) == [false])
    let status = try #require(try stage.status()?.deliveries.first)
    #expect(status.state == .held && status.attempts == 0)
    #expect(status.reason?.contains("history/2026/11/27/launch/acme.7.json") ?? false)
    #expect(status.reason?.contains("posthorn resolve launch acme --published") ?? false)
    // It goes on after a restart, and ends by a person's word.
    #expect(try await stage.pass(after: .seconds(1), claims: .push).held == 1)
    #expect(try await stage.retry("launch") == 1)
    try await stage.pass(after: .seconds(1), claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["first", "launch"])
    #expect(try await stage.pass(after: .seconds(1), claims: .push).held == 0)
  }

  @Test("A person who looked says that what an unsealed record tells is true: nothing is sent, and the history has a record under seal")
  func resolved() async throws {
    let stage = try await Self.stage(.push)
    try stage.forge("launch") { $0.incarnation = "00000000000000000000000000000000" }
    try await stage.pass(after: .seconds(600), claims: .push)
    #expect(try await stage.resolve("launch", "published"))
    try await stage.pass(after: .seconds(1), claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["first"])
    #expect(try stage.outcomes() == ["published"] && stage.isSealed("launch"))
    #expect(try stage.attempts().map(\.saidBy) == ["ada@mars"])
    #expect(try stage.status()?.deliveries.map(\.state) == [.published])
  }

  @Test("A genuine record under another name, of another attempt or of another post vouches for nothing")
  func replayed() async throws {
    let stage = try await Self.stage(.push)
    let file = try #require(try stage.repository.names(under: "history/").first)
    let text = try #require(try stage.repository.file(file))
    try stage.repository.push(["history/2026/11/27/launch/acme.1.json": text])
    try stage.forge("launch", at: "history/2026/11/27/launch/acme.2.json") { _ in }
    try await stage.pass(after: .seconds(600), claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["first", "launch"])
    #expect(try stage.repository.file("history/2026/11/27/launch/acme.1.json")?.contains(#""post": "launch""#) ?? false)
  }

  @Test("A fresh state directory holds what only an unsealed record tells of, and believes what is sealed")
  func fresh() async throws {
    let stage = try await Self.stage(.push)
    try stage.forge("launch") { $0.incarnation = "00000000000000000000000000000000" }
    let report = try await stage.pass(after: .seconds(300), by: "two", claims: .push)
    #expect(report.held == 0)
    #expect(try await stage.pass(after: .seconds(310), by: "two", claims: .push).held == 1)
    #expect(try await stage.pass(by: "three", claims: .push).held == 1)
    #expect(stage.platform.calls.map(\.id) == ["first"])
  }

  @Test("What was recorded before anything was sealed is believed as it was, even where somebody takes the keys away")
  func before() async throws {
    let stage = try Stage(["posts/first.yaml": post(), "posts/launch.yaml": post(600), "posts/next.yaml": post(700)])
    try await stage.pass(by: "one", claims: .push)
    // As an older version left it: no seals, no keys.
    let keys = try stage.repository.names(under: "status/keys/")
    let file = try #require(try stage.repository.names(under: "history/").first)
    try stage.rewind(removing: keys, unsealing: file)
    try await stage.pass(after: .seconds(600), by: "two", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["first", "launch"])
    try stage.forge("next") { $0.incarnation = "00000000000000000000000000000000" }
    try stage.pull()
    try stage.repository.push(Dictionary(uniqueKeysWithValues: try stage.repository.names(under: "status/keys/").map { ($0, nil) }))
    // Nobody can vouch for what went out under a key that is gone either.
    #expect(try await stage.pass(after: .seconds(110), by: "three", claims: .push).held == 2)
    #expect(stage.platform.calls.map(\.id) == ["first", "launch"])
  }

  @Test(
    "A merge that says a branch without keys comes first makes nothing old: no record without a seal, and no forger's key",
    arguments: [false, true])
  func merged(bringsKey: Bool) async throws {
    let stage = try await Self.stage(.push, sharing: bringsKey ? SigningKey() : nil)
    try stage.forge("launch", with: bringsKey ? SigningKey() : nil) { $0.incarnation = "00000000000000000000000000000000" }
    try stage.pull()
    let (clone, main) = (stage.repository.clone, try stage.repository.clone.git("rev-parse", "HEAD"))
    let forged = try #require(try stage.repository.names(under: "history/").first { $0.contains("launch") })
    try clone.git("checkout", "-q", "--detach", try clone.git("rev-list", "--max-parents=0", main))
    try clone.git("checkout", "-q", main, "--", "schedule/\(forged)")
    try clone.git("commit", "-q", "-m", "a change")
    let merge = try clone.git("commit-tree", "-m", "a merge", "-p", "HEAD", "-p", main, "\(main)^{tree}")
    try clone.git("push", "-q", "origin", "\(merge):refs/heads/main")
    for runner in ["two", "three"] {
      #expect(try await stage.pass(after: .seconds(301), by: runner, claims: .push).held == (runner == "two" ? 0 : 1))
    }
    #expect(stage.platform.calls.map(\.id) == ["first"])
  }

  @Test("A forger who brings a key along is believed by nobody who was given a key")
  func foreignKey() async throws {
    let stage = try await Self.stage(.push, sharing: SigningKey())
    try stage.forge("launch", with: SigningKey()) { $0.incarnation = "00000000000000000000000000000000" }
    #expect(try await stage.pass(after: .seconds(600), claims: .push).held == 1)
    #expect(try await stage.pass(by: "two", claims: .push).held == 1)
    #expect(stage.platform.calls.map(\.id) == ["first"])
  }

  @Test("Not even a key that the forged record brings along makes it one of this state directory")
  func foreignKeyOfOurs() async throws {
    let stage = try await Self.stage()
    try stage.forge("launch", with: SigningKey()) { _ in }
    try await stage.pass(after: .seconds(600))
    #expect(stage.platform.calls.map(\.id) == ["first", "launch"])
  }

  @Test("A key that is given later is vouched for by the directory's own: whoever has it believes what came before")
  func succession() async throws {
    let stage = try await Self.stage(.push)
    let own = try #require(try stage.attempts("first").first?.seal?.key)
    let given = SigningKey()
    stage.sealKey.withLock { $0 = given }
    try await stage.pass(after: .seconds(600), claims: .push)
    #expect(try stage.key(given.publicKey.id)?.signedBy?.key == own)
    try stage.repository.push(["posts/next.yaml": post(700)])
    #expect(try await stage.pass(after: .seconds(100), by: "two", claims: .push).held == 0)
    #expect(stage.platform.calls.map(\.id) == ["first", "launch", "next"])
  }

  @Test("What was recorded under a key whose older one was lost is held where that was known, until a person says that the key is ours")
  func lostKey() async throws {
    let (old, new) = (SigningKey(), SigningKey())
    let stage = try await Self.stage(.push, sharing: old)
    stage.sealKey.withLock { $0 = new }
    try await stage.pass(after: .seconds(600), by: "two", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["first", "launch"])
    stage.sealKey.withLock { $0 = old }
    #expect(try await stage.pass(after: .seconds(1), claims: .push).held == 1)
    #expect(try await stage.vouch(forKey: "0000000") == nil)
    #expect(try await stage.vouch(forKey: String(new.publicKey.id.prefix(8))) == new.publicKey.id)
    #expect(try await stage.pass(after: .seconds(1), claims: .push).held == 0)
    #expect(try stage.status()?.deliveries.map(\.state) == [.published] && stage.platform.calls.count == 2)
  }

  @Test("The file of a key says which person vouches for it, where the host has the key")
  func word() async throws {
    let stage = try await Self.stage(.push)
    let own = try #require(try stage.attempts("first").first?.seal?.key)
    #expect(try await stage.vouch(forKey: own) == own)
    #expect(try stage.key(own)?.saidBy == "ada@mars" && stage.key(own)?.ownKey == own)
  }

  @Test("A key that others can read seals nothing, and a damaged one is not replaced by another")
  func guarded() async throws {
    let stage = try await Self.stage()
    let path = stage.host.path("state/credentials/seal.key")
    let key = try String(contentsOfFile: path, encoding: .utf8)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    await #expect { try await stage.pass() } throws: { "\($0)".contains("chmod 600") }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    try "what a disk left of it".write(toFile: path, atomically: false, encoding: .utf8)
    await #expect { try await stage.pass() } throws: { "\($0)".contains("seal.key") && "\($0)".contains("--new-key") }
    try key.write(toFile: path, atomically: false, encoding: .utf8)
    try await stage.pass()
  }

  @Test("A good seal of this directory on what its journal does not know means that it is an older copy")
  func olderCopy() async throws {
    let stage = try await Self.stage()
    try FileManager.default.copyItem(atPath: stage.host.path("state"), toPath: stage.host.path("copy"))
    try await stage.pass(after: .seconds(600))
    try FileManager.default.removeItem(atPath: stage.host.path("state"))
    try FileManager.default.moveItem(atPath: stage.host.path("copy"), toPath: stage.host.path("state"))
    try await stage.pass(after: .seconds(1))
    #expect(stage.platform.calls.map(\.id) == ["first", "launch"])
    #expect(try stage.outcomes() == ["published"])
  }

  @Test("Under policy.require_sealed a daemon that shares its records needs a key that it was given")
  func requiresKey() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posthorn.yaml": "policy: {require_sealed: true}\n"])
    let report = try await stage.pass(claims: .push)
    #expect("\(report.fetchFailure.map { "\($0)" } ?? "")".contains("--seal-key") && stage.platform.calls.isEmpty)
    stage.sealKey.withLock { $0 = SigningKey() }
    try await stage.pass(claims: .push)
    #expect(stage.platform.calls.count == 1)
  }

  @Test("Under policy.require_sealed the word of an older key is not enough")
  func requiresPinned() async throws {
    let stage = try await Self.stage(.push)
    stage.sealKey.withLock { $0 = SigningKey() }
    try stage.repository.push(["posthorn.yaml": "policy: {require_sealed: true}\n", "posts/first.yaml": post(900)])
    #expect(try await stage.pass(after: .seconds(900), by: "two", claims: .push).held == 1)
    #expect(!stage.platform.calls.dropFirst().contains { $0.id == "first" })
  }
}

extension KeyRecord {
  /// The name that follows from the key, where the file is under its own seal.
  fileprivate var ownKey: String? {
    guard let key = VerifyingKey(publicKey), let seal, key.isValid(seal.signature, of: Seal.message(of: json)) else { return nil }
    return key.id
  }
}

extension Stage {
  fileprivate func key(_ id: String) throws -> KeyRecord? {
    try repository.file(KeyRecord.file(of: id)).map { try KeyRecord(json: try JSON.parse(Array($0.utf8))) }
  }

  /// Whether each record of a post has a seal that is over what it says.
  fileprivate func isSealed(_ post: String) throws -> Bool {
    let texts = try repository.files(under: "history/").values.map { try JSON.parse(Array($0.utf8)) }
    let own = texts.filter { $0["post"]?.string == post }
    return try !own.isEmpty
      && own.allSatisfy { json in
        guard let seal = Seal(of: json), let key = try key(seal.key).flatMap({ VerifyingKey($0.publicKey) }) else { return false }
        return key.isValid(seal.signature, of: Seal.message(of: json))
      }
  }

  /// Somebody pushes a record like that of the first post, of another one.
  ///
  /// - Parameter key: what it is sealed with; the genuine seal stays, which is of something else, where there is none.
  fileprivate func forge(_ name: String, at file: String? = nil, with key: SigningKey? = nil, _ change: (inout HistoryRecord) -> Void)
    throws
  {
    var record = try #require(try attempts("first").first)
    record.post = try #require(PostID(name))
    record.scheduledAt = .noon + .seconds(name == "launch" ? 600 : 700)
    record.path = "schedule/posts/\(name).yaml"
    change(&record)
    if record.outcome == .retrying { record.nextAttemptAt = record.scheduledAt + .seconds(86_400) }
    var files: [String: String?] = [:]
    if let key {
      record.seal = nil
      record.seal = Seal(key: key.publicKey.id, signature: try key.signature(of: record.bytes()))
      var made = KeyRecord(
        id: key.publicKey.id, publicKey: key.publicKey.bytes, since: .noon, host: "stage", incarnation: record.incarnation)
      made.seal = Seal(key: made.id, signature: try key.signature(of: made.bytes()))
      files[KeyRecord.file(of: made.id)] = String(decoding: made.bytes(), as: UTF8.self)
    }
    files[file ?? record.file] = String(decoding: record.bytes(), as: UTF8.self)
    try repository.push(files)
  }

  /// Brings the clone that pushes up to date.
  fileprivate func pull() throws { try repository.clone.git("pull", "-q", "--rebase", "origin", "main") }

  /// The branch as a version without seals would have left it.
  fileprivate func rewind(removing keys: [String], unsealing file: String) throws {
    let text = try #require(try repository.file(file))
    var json = try #require(try JSON.parse(Array(text.utf8)).object)
    json[Seal.member] = nil
    var files: [String: String?] = Dictionary(uniqueKeysWithValues: keys.map { ($0, nil) })
    files[file] = JSON.object(json).text()
    try pull()
    try repository.push(files)
    // One commit, so that there never was a key.
    let tree = try repository.upstream.git("rev-parse", "main^{tree}")
    let commit = try repository.clone.git("commit-tree", "-m", "all there is", tree)
    try repository.clone.git("push", "-q", "--force", "origin", "\(commit):refs/heads/main")
    try repository.clone.git("reset", "-q", "--hard", commit)
  }

  fileprivate func retry(_ post: String) async throws -> Int {
    let engine = try engine(claims: .push)
    try await engine.open()
    let id = try #require(PostID(post))
    let armed = try await engine.retry(id, nil, by: "ada@mars")
    try await engine.close()
    return armed.armed.count
  }

  fileprivate func vouch(forKey beginning: String) async throws -> String? {
    let engine = try engine(claims: .push)
    try await engine.open()
    let key = try await engine.vouch(forKey: beginning, by: "ada@mars")
    try await engine.close()
    return key?.id
  }

  fileprivate func resolve(_ post: String, _ word: String) async throws -> Bool {
    let engine = try engine(claims: .push)
    try await engine.open()
    let (post, account) = (try #require(PostID(post)), try #require(AccountName("acme")))
    let said = try #require(PersonsWord(word))
    let isResolved = try await engine.resolve(DeliveryID(post: post, account: account), said, by: "ada@mars")
    try await engine.close()
    return isResolved
  }
}
