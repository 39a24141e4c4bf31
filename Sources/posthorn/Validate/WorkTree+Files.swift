import Schedule

extension WorkTree {
  /// The files as they lie there.
  func files(isNew: @escaping @Sendable (String, PostID) -> Bool) -> ContentFiles {
    let root = root
    return ContentFiles(
      openReader: {
        let reader = FileReaderBox()
        return { (path, body) throws(Failure) in
          do throws(FileError) {
            try reader.reader.read("\(root)/\(path)", body)
          } catch {
            throw .couldNot("\(error.description); check its permissions")
          }
        }
      }, media: media, isNew: isNew)
  }
}

/// Keeps a reader's buffer as long as the closure that reads with it.
private final class FileReaderBox {
  let reader = FileReader()
}
