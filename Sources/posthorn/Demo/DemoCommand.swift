import ArgumentParser
import Engine
import Git
import Glibc
import HTTP
import Platforms
import Schedule

/// `posthorn demo`
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Watch the whole way, from a commit with four posts to their records, in a temporary folder.",
    discussion: "It takes a few seconds, needs no network and no account, and leaves the folder to you.")

  @Flag(help: "Colours as they are, and nothing but the story: no log of the daemon.")
  var quiet = false

  func run() async throws {
    Signals.prepareProcess()
    let story = Story()
    let folder = try Self.temporaryFolder()
    let now = Instant.now
    let receiver = try DemoReceiver { story.say("   webhook receiver", $0) }
    defer { receiver.close() }
    let content = DemoContent(folder: folder, now: now, url: "\(receiver.origin)/posts")
    story.tell("A bare repository with the accounts outbox and partners", "\(folder)/remote.git")
    try content.create()
    let running = try await Self.host(content, receiver, quiet ? .quiet : .normal)
    let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    story.tell("The daemon starts; what follows with a time in front is its log", "posthorn daemon --repo \(folder)/remote.git")
    let engine = running.engine
    Signals.watch(reload: { wake.yield() }, stop: { Task { await engine.requestStop() } })
    let pass = Task { try await engine.run(wakes: wakes) }
    story.tell("A commit with four posts arrives, as a push would bring it", content.summary)
    try content.addPosts()
    wake.yield()
    let hasEnded = try await content.waitForRecords(atMost: .seconds(25))
    await engine.requestStop()
    _ = try await stopping { try await pass.value }
    await running.client.shutdown()
    story.tell("What the daemon pushed", "git -C \(folder)/remote.git log -p")
    story.show(try content.log())
    story.tell("Where every post stands", "posthorn status --repo \(folder)/remote.git")
    story.show(try content.status())
    story.tell("It is all yours; remove it when you have seen enough", folder)
    guard hasEnded else {
      throw Failure.couldNot("the posts did not go out within 25 s; the log above says why, and \(folder) has everything")
    }
  }

  /// The daemon of the demo: like any other, and allowed to call the receiver on this machine.
  private static func host(_ content: DemoContent, _ receiver: DemoReceiver, _ detail: Console.Detail) async throws -> EngineHost {
    let host = try HostOptions(environment: [:], file: nil)
    let access = try HostAccess(HostFlags.parse(["--endpoint", "webhook=\(receiver.origin)"]), host)
    let options = ResolvedOptions(
      repo: content.remote, branch: "main", folder: DemoContent.folderName, state: content.state, format: .text,
      console: Console(detail: detail, color: .auto, avoidsColor: false), host: host)
    let running = try EngineHost(options, access, location: .bare(path: content.remote, branch: "main"), interval: .seconds(60))
    guard let account = AccountName("partners"), let origin = Origin(receiver.origin) else {
      preconditionFailure("the demo's own names are valid")
    }
    // Made up on the spot: who can read the folder may read it.
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let secret = "whsec_" + String((0..<32).map { _ in alphabet[Int.random(in: 0..<64)] })
    try EngineHost.credentials(in: running.state).write(JSON.object(["secret": .string(secret)]).bytes(), for: account, to: origin)
    return running
  }

  private static func temporaryFolder() throws(Failure) -> String {
    let parent = Environment.current["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    var template = Array("\(parent)/posthorn-demo-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.map { mkdtemp($0) != nil } ?? false }
    guard made else {
      throw .couldNot("cannot make a folder in \(parent): \(String(cString: strerror(errno))); choose another with TMPDIR")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// What the demo tells, step by step, on standard output.
private struct Story {
  private let color: DiagnosticReport.Color =
    Output.standard.isTerminal && Environment.current["NO_COLOR"]?.isEmpty ?? true ? .on : .off

  func tell(_ what: String, _ how: String) { Output.standard.write("\n\(Ink.bold.paint("== \(what)", color))\n   \(how)\n") }
  func say(_ who: String, _ what: String) { Output.standard.write("\(Ink.blue.paint("\(who):", color)) \(what.printable)\n") }
  func show(_ text: String) { Output.standard.write(text.split(separator: "\n").map { "   \($0)\n" }.joined()) }
}
