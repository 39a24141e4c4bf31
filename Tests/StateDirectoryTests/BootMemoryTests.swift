import Foundation
import Schedule
import Support
import Testing

@testable import StateDirectory

@Suite("What a machine remembers of a state directory for as long as it runs")
struct BootMemoryTests {
  private let folder: Support.TemporaryFolder

  init() throws { folder = try Support.TemporaryFolder("memory") }

  private func memory(of name: String = "state", boot: String = "first") throws -> BootMemory {
    try BootMemory(in: folder.path("memory"), of: Folder(at: folder.path(name)), boot: boot)
  }

  private static let incarnation = String(repeating: "a", count: 32)

  /// A process was here, and the journal's third entry was a commit point.
  private func remember() throws {
    let memory = try memory()
    #expect(memory.origin(of: Self.incarnation, journal: 0) == .unknown)
    memory.begin(incarnation: Self.incarnation, life: String(repeating: "b", count: 32), commitPoint: 0)
    memory.reached(3)
    memory.update { $0.answersWithin = .seconds(90) }
  }

  @Test("A directory in its place whose journal has come as far is what was there, and one whose journal has not is older")
  func inPlace() throws {
    try remember()
    guard case .inPlace(let facts) = try memory().origin(of: Self.incarnation, journal: 3) else { return #expect(Bool(false)) }
    #expect(facts.commitPoint == 3 && facts.answersWithin == .seconds(90) && facts.life.first == "b")
    #expect(try memory().origin(of: Self.incarnation, journal: 2) == .older)
  }

  @Test("Another directory, another place, another folder at the same path and another start of the machine are not known")
  func unknown() throws {
    try remember()
    #expect(try memory().origin(of: String(repeating: "c", count: 32), journal: 3) == .unknown)
    #expect(try memory(of: "copy").origin(of: Self.incarnation, journal: 3) == .unknown)
    #expect(try memory(boot: "second").origin(of: Self.incarnation, journal: 3) == .unknown)
    try FileManager.default.moveItem(atPath: folder.path("state"), toPath: folder.path("moved"))
    #expect(try memory().origin(of: Self.incarnation, journal: 3) == .unknown)
    try FileManager.default.removeItem(atPath: folder.path("state"))
    try FileManager.default.moveItem(atPath: folder.path("moved"), toPath: folder.path("state"))
    #expect(try memory().origin(of: Self.incarnation, journal: 3) != .unknown)
  }

  @Test("What was forgotten, or spoiled, is not known", arguments: ["", "posthorn1 \n", "nonsense"])
  func spoiled(_ text: String) throws {
    try remember()
    let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path("memory")).first)
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("memory/\(file)")))
    #expect(try memory().origin(of: Self.incarnation, journal: 3) == .unknown)
    let memory = try memory()
    memory.forget()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("memory")).isEmpty)
  }

  @Test("Where everyone can write the folder nothing is remembered")
  func foreign() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("memory"), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
    chmod(folder.path("memory"), 0o777)
    #expect(throws: StateError.self) { try memory() }
  }
}
