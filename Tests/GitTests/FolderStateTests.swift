import Foundation
import Git
import Support
import Testing

@Suite("Whether an open repository is still the one on the disk")
struct FolderStateTests {
  @Test("It is until packs are removed or another repository takes its place; new packs and loose objects change nothing")
  func stale() throws {
    let fixture = try Fixture()
    try fixture.commit(["a": "1"])
    try fixture.client.git("repack", "-a", "-d", "-q")
    let folder = fixture.client.path + "/.git/"
    func state() -> FolderState { FolderState(path: folder, commonPath: folder) }
    var open = state()
    func isStale() -> Bool { open.isStale() }
    #expect(!isStale())
    try fixture.commit(["a": "2"])
    try fixture.client.git("repack", "-d", "-q")
    #expect(!isStale())
    try fixture.client.git("repack", "-a", "-d", "-q")
    #expect(isStale())
    open = state()
    #expect(!isStale())
    try run(["mv", fixture.client.path, fixture.folder.path("aside")])
    try run(["git", "clone", "-q", fixture.folder.path("aside"), fixture.client.path])
    #expect(isStale())
  }
}
