import YAML

extension ContentReader {
  /// A list of files or URLs, each with an optional description.
  mutating func media(_ node: NodeID, _ what: String, in folder: MediaFolder) -> [Media] {
    guard document[node].kind != .mapping else {
      report(.valueType, at: node, "\(what) must be a list, not a mapping", hint: "put \"- \" before the first key and indent the others")
      return []
    }
    guard isList(node, what) else { return [] }
    let count = document.items(of: node).reduce(0) { count, _ in count + 1 }
    guard count <= Media.most else {
      report(.valueRange, at: node, "\(what) has \(count) items; at most \(Media.most) are allowed", hint: "split the post in two")
      return []
    }
    return document.items(of: node).compactMap { item in medium(item, what, in: folder) }
  }

  private mutating func medium(_ node: NodeID, _ what: String, in folder: MediaFolder) -> Media? {
    guard isMapping(node, "an item of \(what)") else { return nil }
    var sources: [(key: NodeID, source: Media.Source?)] = []
    var alt: String?
    for field in fields(of: node, MediaKey.self, of: "an item of \(what)") {
      switch field.key {
      case .path: sources.append((field.name, mediaPath(field.value, in: folder).map(Media.Source.path)))
      case .url: sources.append((field.name, url(field.value, "\(what).url", schemes: ["https"]).map(Media.Source.url)))
      case .alt: alt = prose(field.value, "\(what).alt", maximumLength: 10_000)
      }
    }
    guard let first = sources.first else {
      report(
        .mediaSource, at: node, "an item of \(what) needs a path or a url",
        hint: "add path: media/teaser.mp4, or url: https://media.example.com/teaser.mp4")
      return nil
    }
    if sources.count > 1 {
      report(
        .mediaSource, at: sources[1].key, "an item of \(what) has a path and a url; only one of them can be sent",
        hint: "remove one of the two")
    }
    return first.source.map { Media(source: $0, alt: alt) }
  }

  private mutating func mediaPath(_ node: NodeID, in folder: MediaFolder) -> String? {
    guard let text = text(node, "path") else { return nil }
    if let fault = ContentPath.fault(ofRelative: text) {
      report(
        .mediaPath, at: node, "path \(quoted(text)) \(fault)", hint: "write it relative to the content folder, such as media/teaser.mp4")
      return nil
    }
    check(folder.find(text), named: text, at: node, in: folder)
    return text
  }

  private mutating func reportMissing(_ path: String, at node: NodeID, in folder: MediaFolder) {
    guard let near = folder.near(path) else {
      report(.mediaMissing, at: node, "there is no file \(quoted(path)) in the content folder", hint: "add the file, or correct the path")
      return
    }
    // To Swift they are one text where only the composition differs.
    let (difference, shown) =
      near == path
      ? ("the same letters, composed otherwise", ContentPath.spelled(near))
      : ("in another case", near)
    report(
      .mediaMissing, at: node, "there is no file \(quoted(path)) in the content folder, but there is \(quoted(shown)): \(difference)",
      hint: near == path
        ? "rename the file to what the path says, as it is composed here: git mv" : "write path: \(near), or rename the file: git mv")
  }

  private mutating func check(_ found: MediaFolder.Found, named path: String, at node: NodeID, in folder: MediaFolder) {
    switch found {
    case .unknown: break
    case .absent: reportMissing(path, at: node, in: folder)
    case .link:
      report(
        .mediaMissing, at: node, "\(quoted(path)) is a symbolic link, or lies behind one, which is not followed",
        hint: "put the file itself there")
    case .file(let file):
      switch file.storage {
      case .lfs: break
      case .brokenPointer:
        report(
          .mediaPointer, at: node, "\(quoted(path)) is a Git LFS pointer that cannot be read",
          hint: "put the real file there, and add it anew: git lfs track, git add")
      case .blob:
        guard file.size > MediaFile.blobLimit else { break }
        report(
          .mediaSize, at: node, "\(quoted(path)) has \(file.size) bytes; above \(MediaFile.blobLimit) a file belongs into Git LFS",
          hint: "git lfs track the file, and add it anew: git add --renormalize")
      }
    }
  }

  mutating func url(_ node: NodeID, _ what: String, schemes: [String]) -> String? {
    guard let text = text(node, what) else { return nil }
    if let fault = WebAddress.fault(of: text, schemes: schemes) {
      report(.urlFormat, at: node, "\(what) \(fault)", hint: "write it as in \(schemes[0])://media.example.com/teaser.mp4")
      return nil
    }
    return text
  }
}

private enum MediaKey: String, CaseIterable {
  case path, url, alt
}
