import Glibc

/// The files below a folder of somebody's disk; links are not followed.
enum FolderWalk {
  static func files(below path: String) throws(Failure) -> [String] {
    guard let stream = opendir(path) else {
      throw .couldNot("cannot read the folder \(path): \(String(cString: strerror(errno))); check its permissions")
    }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      let name = entry.name
      guard name != ".", name != ".." else { continue }
      let inside = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
      var facts = stat()
      guard lstat(inside, &facts) == 0 else { continue }
      switch facts.st_mode & S_IFMT {
      case S_IFDIR: found += try files(below: inside)
      case S_IFREG: found.append(inside)
      default: break
      }
    }
    return found
  }
}
