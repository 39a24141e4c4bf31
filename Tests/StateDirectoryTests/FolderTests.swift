import Glibc
import Support
import Testing

@testable import StateDirectory

@Suite("The state directory")
struct FolderTests {
  let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  @Test("It is made with its missing parents, for its owner only", arguments: ["/a", "/b/c/d", "/e/f/"])
  func made(path: String) throws {
    let folder = try Folder(at: temporary.path + path)
    #expect(try folder.list().isEmpty)
    var status = stat()
    #expect(lstat(temporary.path + path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
  }

  @Test("Row 27: a symbolic link in its place is refused by name")
  func link() throws {
    _ = try Folder(at: temporary.path + "/real")
    #expect(symlink(temporary.path + "/real", temporary.path + "/link") == 0)
    try expectRefusal("/link", "it is a symbolic link; name the folder that it points to")
  }

  @Test("A file in its place is refused by name")
  func file() throws {
    try put([], at: temporary.path + "/file")
    try expectRefusal("/file", "it is not a folder; choose another --state")
  }

  @Test("One that everyone can write is refused with the command that mends it")
  func open() throws {
    _ = try Folder(at: temporary.path + "/open")
    #expect(chmod(temporary.path + "/open", 0o777) == 0)
    try expectRefusal("/open", "everyone can write it; run: chmod go-w \(temporary.path)/open")
  }

  @Test("One that its group can write is refused with the command that mends it")
  func group() throws {
    _ = try Folder(at: temporary.path + "/group")
    #expect(chmod(temporary.path + "/group", 0o770) == 0)
    try expectRefusal("/group", "its group can write it; run: chmod go-w \(temporary.path)/group")
  }

  @Test("Row 27: one of another user is refused", .enabled(if: geteuid() == 0, "only root can give a folder away"))
  func foreign() throws {
    _ = try Folder(at: temporary.path + "/foreign")
    #expect(chown(temporary.path + "/foreign", 65534, 65534) == 0)
    try expectRefusal("/foreign", "it belongs to user 65534, not to user 0; start as its owner, or choose another --state")
  }

  @Test("Row 27: one on a disk mounted read-only is refused", .enabled(if: SmallDisk.isPossible, "needs root to mount a file system"))
  func readOnly() throws {
    let disk = try SmallDisk(size: "64k", flags: UInt(MS_RDONLY))
    let error = #expect(throws: StateError.self) { try Folder(at: disk.path) }
    #expect(error?.errno == EROFS)
    #expect(error?.description.hasSuffix("make it writable for this user, or choose another --state") == true)
  }

  @Test(
    "Row 27: NFS, CIFS and FUSE are told from local disks",
    arguments: [(0x6969, "NFS"), (0xFF53_4D42, "CIFS"), (-0xAC_B2BE, "CIFS"), (0x6573_5546, "FUSE"), (0xEF53, nil), (0x0102_1994, nil)])
  func network(type: Int, name: String?) { #expect(NetworkFileSystem(type: type)?.description == name) }

  private func expectRefusal(_ name: String, _ why: String) throws {
    let error = #expect(throws: StateError.self) { try Folder(at: temporary.path + name) }
    #expect(error?.description == "cannot use \(temporary.path + name): \(why)")
  }
}

@Suite("Files that are replaced as a whole")
struct ReplaceTests {
  let temporary: TemporaryFolder
  let state: Folder

  init() throws {
    temporary = try TemporaryFolder()
    state = try temporary.state
  }

  @Test("The new content takes the place of the old, owner-only, and nothing is left beside it")
  func replaced() throws {
    try state.replace("desired", with: [1, 2, 3])
    try state.replace("desired", with: [4])
    #expect(try state.read("desired", limit: 10) == [4])
    #expect(try state.list() == ["desired"])
    var status = stat()
    #expect(stat(state.path(of: "desired"), &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test("One that cannot be put in place leaves the old one, and no litter")
  func failed() throws {
    _ = try state.folder("desired")
    let error = #expect(throws: StateError.self) { try state.replace("desired", with: [1]) }
    #expect(error?.errno == EISDIR)
    #expect(try state.list() == ["desired"])
  }

  @Test("If only the folder's flush fails, the error says that the new content is in place but may not last")
  func unsure() throws {
    try state.replace("desired", with: [1])
    // A descriptor opened with O_PATH serves every call but fsync.
    let unflushable = open(state.path, 0o10000000 | O_DIRECTORY | O_CLOEXEC)
    #expect(dup2(unflushable, state.descriptor) == state.descriptor)
    close(unflushable)
    let error = #expect(throws: StateError.self) { try state.replace("desired", with: [2]) }
    #expect(error?.reason == .unsure(EBADF))
    #expect(try state.read("desired", limit: 10) == [2])
  }

  @Test("What a killed process left is swept, and nothing else")
  func swept() throws {
    try state.replace("desired", with: [1])
    try put([9], at: state.path(of: ".posthorn-new-abc"))
    try put([9], at: state.path(of: "new"))
    try state.sweep()
    #expect(try state.list() == ["desired", "new"])
  }

  @Test("A link in a file's place is not followed, and a file over the limit is not read")
  func bounded() throws {
    #expect(symlink("/etc/passwd", state.path(of: "link")) == 0)
    #expect(throws: StateError.self) { try state.read("link", limit: 1 << 20) }
    try state.replace("large", with: [1, 2, 3])
    let error = #expect(throws: StateError.self) { try state.read("large", limit: 2) }
    #expect(error?.reason == .tooLarge(3, limit: 2))
    #expect(try state.read("missing", limit: 2) == nil)
  }

  @Test("Removing is for good and may be repeated; what is set aside gets the next name")
  func removed() throws {
    for number in 1...2 {
      try state.replace("journal", with: [1])
      #expect(try state.setAside("journal") == "journal.damaged-\(number)")
    }
    try state.remove("journal.damaged-1")
    try state.remove("journal.damaged-1")
    #expect(try state.list() == ["journal.damaged-2"])
  }

  @Test("Of what was set aside the newest sixteen are kept, each file's own")
  func fewSetAside() throws {
    try state.replace("desired.base", with: [0])
    #expect(try state.setAside("desired.base") == "desired.base.damaged-1")
    for number in 1...20 {
      try state.replace("desired", with: [UInt8(number)])
      #expect(try state.setAside("desired") == "desired.damaged-\(number)")
    }
    let kept = (5...20).map { "desired.damaged-\($0)" }
    #expect(Set(try state.list()) == Set(kept + ["desired.base.damaged-1"]))
    for (name, number) in zip(kept, 5...20) { #expect(try state.read(name, limit: 1) == [UInt8(number)]) }
  }
}
