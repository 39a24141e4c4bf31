internal import Glibc

/// The names in the folder at `path`, without `.` and `..`, sorted; empty if it cannot be read.
func names(in path: String) -> [String] {
  guard let folder = opendir(path) else { return [] }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Whether there is a folder at `path`; a link to one counts if links are followed.
func isFolder(_ path: String, _ links: Links = .followed) -> Bool {
  var facts = stat()
  let status = links == .followed ? stat(path, &facts) : lstat(path, &facts)
  return status == 0 && facts.st_mode & S_IFMT == S_IFDIR
}

/// Whether anything is at `path`, where links lead.
func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

enum Links { case followed, kept }

/// The text of a small file, cut at 1 MiB; nil if it cannot be read.
func contents(of path: String) -> String? {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { close(file) }
  var bytes: [UInt8] = []
  while bytes.count < 1 << 20 {
    let more = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
      count = max(0, read(file, buffer.baseAddress, buffer.count))
    }
    if more.isEmpty { break }
    bytes += more
  }
  return String(decoding: bytes, as: UTF8.self)
}
