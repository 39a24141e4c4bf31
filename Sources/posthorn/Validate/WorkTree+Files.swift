import Platforms
import Schedule

extension WorkTree {
  /// The files as they lie there.
  func files(isNew: @escaping @Sendable (String, PostID) -> Bool) -> ContentFiles {
    let (root, folder) = (root, folder)
    return ContentFiles(
      openReader: { () throws(Failure) in
        let reader = try sayingWhy { () throws(FileError) in try FileReaderBox(below: root) }
        return { (path, body) throws(Failure) in try sayingWhy { () throws(FileError) in try reader.reader.read(path, body) } }
      }, media: media,
      record: { name in
        MediaBytes(fileAt: "\(root)/\(folder)/\(AccountRecord.file(of: name))").flatMap { $0.read(0, min($0.count, JSON.Limits().size)) }
      }, isNew: isNew)
  }
}

extension WorkTree {
  /// The path of every post that is there, by its id.
  func ids(_ listing: ContentListing, _ catalog: Catalog) throws(Failure) -> [PostID: String] {
    let read = try files(isNew: { _, _ in false }).openReader()
    var reader = ContentReader()
    var ids: [PostID: String] = [:]
    for path in listing.posts {
      try read(path) { bytes in
        if let id = catalog.read(bytes, at: path, with: &reader).id { ids[id] = path }
      }
    }
    return ids
  }
}

/// Keeps a reader's buffer as long as the closure that reads with it.
private final class FileReaderBox {
  let reader: FileReader

  init(below folder: String) throws(FileError) { reader = try FileReader(below: folder) }
}

/// What `body` gives, or why a file cannot be read and what to do about it.
private func sayingWhy<Result>(_ body: () throws(FileError) -> Result) throws(Failure) -> Result {
  do throws(FileError) { return try body() } catch { throw .couldNot("\(error.description); check its permissions") }
}
