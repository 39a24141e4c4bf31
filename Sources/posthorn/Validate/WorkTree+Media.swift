import Git
import Glibc
import Platforms
import Schedule

extension WorkTree {
  /// Which media files lie there.
  var media: MediaFolder {
    let tree = self
    let objects = LFSObjects(of: root)
    return MediaFolder {
      tree.medium("\(tree.folder)/\($0)")
    } open: {
      tree.open("\(tree.folder)/\($0)", objects)
    } names: {
      // A folder that cannot be read has no name that is near.
      ((try? tree.names(in: $0.isEmpty ? tree.folder : "\(tree.folder)/\($0)")) ?? []).map(\.name)
    }
  }

  /// The file itself; for a pointer what it stands for.
  private func open(_ path: String, _ objects: LFSObjects) -> MediaBytes? {
    guard let bytes = MediaBytes(fileAt: absolute(path)) else { return nil }
    guard bytes.count < LFSPointer.bytes, let pointer = bytes.read(0, bytes.count).flatMap(LFSPointer.init) else { return bytes }
    return objects.open(pointer)
  }

  private func medium(_ path: String) -> MediaFolder.Found {
    var facts = stat()
    if hasLink(path) { return .link }
    guard lstat(absolute(path), &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return .absent }
    let size = Int(facts.st_size)
    if size < LFSPointer.bytes { return .file(MediaFile(short: start(of: path, atMost: LFSPointer.bytes))) }
    // What Git LFS has put in place is large here, and a pointer in git.
    return .file(MediaFile(size: size, storage: size > MediaFile.blobLimit && isInLFS(path) ? .lfs : .blob))
  }

  private func hasLink(_ path: String) -> Bool {
    var facts = stat()
    var place = path
    while place.utf8.count > folder.utf8.count {
      if lstat(absolute(place), &facts) == 0, facts.st_mode & S_IFMT == S_IFLNK { return true }
      guard let slash = place.utf8.lastIndex(of: UInt8(ascii: "/")) else { return false }
      place = String(place[..<slash])
    }
    return false
  }

  private func isInLFS(_ path: String) -> Bool {
    // Outside git, and where git cannot be read, nothing puts it there.
    guard let repository = try? Repository(screened: root) else { return false }
    return (try? repository.attribute("filter", of: path)) == "lfs"  // Its error says that nobody knows: the same.
  }

  private func start(of path: String, atMost limit: Int) -> [UInt8] { MediaBytes(fileAt: absolute(path))?.read(0, limit) ?? [] }
}
