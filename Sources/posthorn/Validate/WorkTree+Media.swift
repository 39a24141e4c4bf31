import Git
import Glibc
import Schedule

extension WorkTree {
  /// Which media files lie there.
  var media: MediaFolder {
    let tree = self
    return MediaFolder {
      tree.medium("\(tree.folder)/\($0)")
    } start: {
      tree.start(of: "\(tree.folder)/\($0)", atMost: MediaType.bytes)
    }
  }

  private func medium(_ path: String) -> MediaFolder.Found {
    var facts = stat()
    guard lstat(absolute(path), &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return .absent }
    let size = Int(facts.st_size)
    if size < LFSPointer.bytes { return .file(MediaFile(short: start(of: path, atMost: LFSPointer.bytes))) }
    // What Git LFS has put in place is large here, and a pointer in git.
    return .file(MediaFile(size: size, storage: size > MediaFile.blobLimit && isInLFS(path) ? .lfs : .blob))
  }

  private func isInLFS(_ path: String) -> Bool {
    // Outside git, and where git cannot be read, nothing puts it there.
    guard let repository = try? Repository(screened: root) else { return false }
    return (try? repository.attribute("filter", of: path)) == "lfs"  // Its error says that nobody knows: the same.
  }

  private func start(of path: String, atMost limit: Int) -> [UInt8] {
    let descriptor = open(absolute(path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = read(descriptor, &bytes, limit)
    return Array(bytes.prefix(max(0, count)))
  }
}
