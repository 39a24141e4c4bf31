import Git
import Glibc
import Platforms
import Schedule

/// Whether content may be committed or accepted: the errors that it brings count, those that were there before do not.
struct ContentCheck {
  let options: ResolvedOptions
  let now: Instant

  /// Prints what is wrong, on standard error, where git shows it.
  func status(of content: CommitContent, base: CommitContent?) async throws -> ExitStatus {
    var content = content
    // What a sync saw is news about the platform, and no mistake of whoever pushes it: a daemon records it.
    if let base { content.records = base.records }
    let zones = try Zones.host()
    let host = ValidationHost(zones: zones, platforms: Shipped.schemas, now: now, cores: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let known = Set(base?.listing.posts.map(ContentFile.stem) ?? [])
    let files = content.files(isNew: { path, id in !known.contains(id.text) && !known.contains(ContentFile.stem(of: path)) })
    var found = try await Validation(content.listing, in: files, host: host).diagnostics.filter { $0.severity == .error }
    if !found.isEmpty, let base {
      let before = Set(try await Validation(base.listing, in: base.files, host: host).diagnostics.map(KnownMistake.init))
      // A file that is touched has to be right; elsewhere only what was right before and is wrong now.
      found = found.filter { base.blobs[$0.path] != content.blobs[$0.path] || !before.contains(KnownMistake($0)) }
    }
    guard !found.isEmpty else { return .fine }
    let read = try files.openReader()
    let report = ValidateReport(diagnostics: found, posts: content.listing.posts.count, accounts: content.listing.accounts.count)
    Output.error.write(
      report.text(options.console.color(on: .error)) { path in
        var bytes: [UInt8]?
        try? read(path) { bytes = Array($0) }  // Only the source line would be missing; a link, for one, is not followed.
        return bytes
      })
    return .findings
  }

  /// The content of a commit; `nil` for one without the content folder, as other branches are.
  static func content(
    at commit: ObjectID, in path: String, _ options: ResolvedOptions, quarantine: String? = nil
  ) throws(Failure) -> CommitContent? {
    do throws(GitError) {
      let repository = try Repository(screened: path)
      if let quarantine { try repository.borrowObjects(from: quarantine) }
      let tree = try repository.tree(of: commit)
      guard try repository.entry(at: options.folder, in: tree)?.kind == .folder else { return nil }
    } catch { throw .couldNot(error.description) }
    return try CommitContent(commit.hex, in: path, folder: options.folder, quarantine: quarantine)
  }
}
