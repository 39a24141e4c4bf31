/// A medium of a post and what is known of it.
struct FoundMedium {
  let source: Media.Source
  /// `nil` where nobody knows.
  let type: MediaType?
  let size: Int?
  /// It was looked at, and is of no type that any platform takes.
  let isStrange: Bool
  /// The file itself, where it is at hand.
  let bytes: MediaBytes?

  var name: String {
    switch source {
    case .path(let path): quoted(path)
    case .url(let url): quoted(url)
    }
  }

  var words: String { type.map { "\(name), which is \($0.rawValue)" } ?? "\(name), which is no picture or film of a known type" }
}

extension Media {
  func found(in folder: MediaFolder) -> FoundMedium {
    switch source {
    case .url(let url): return FoundMedium(source: source, type: MediaType(url: url), size: nil, isStrange: false, bytes: nil)
    case .path(let path):
      guard case .file(let file) = folder.find(path), file.storage != .brokenPointer else {
        return FoundMedium(source: source, type: MediaType(name: path[...]), size: nil, isStrange: false, bytes: nil)
      }
      let bytes = folder.open(path)
      let start = bytes.flatMap { $0.read(0, min(MediaType.bytes, $0.count)) } ?? []
      let type = MediaType(start: start) ?? MediaType(name: path[...])
      return FoundMedium(source: source, type: type, size: file.size, isStrange: bytes != nil && type == nil, bytes: bytes)
    }
  }
}
