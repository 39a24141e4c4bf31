import Git
import Glibc
import Platforms
import Schedule

/// Whether content may be committed or accepted: the errors that it brings count, those that were there before do not.
///
/// What did not change is not read again, but searched for ids of what did. Where all posts depend on what changed, all are read.
struct ContentCheck {
  let options: ResolvedOptions
  let now: Instant

  /// Of what a push brings: the commit `new` where the branch had `base`.
  ///
  /// - Parameter quarantine: where the objects of the push are.
  func status(of new: ObjectID, since base: ObjectID?, in path: String, quarantine: String?) async throws -> ExitStatus {
    guard try Self.hasContent(new, in: path, options, quarantine: quarantine) else {
      return try reportLink(in: new, since: base, path, quarantine)
    }
    let base = try base.flatMap { try Self.hasContent($0, in: path, options) ? $0 : nil }
    let changes = try base.map { try Self.changes(from: $0, to: new, in: path, options, quarantine) }
    guard let base, let changes, !changes.reachesFurther else {
      let content = try CommitContent(new.hex, in: path, folder: options.folder, quarantine: quarantine)
      return try await status(of: content, base: base.map { try CommitContent($0.hex, in: path, folder: options.folder) })
    }
    let open = { @Sendable () throws(GitError) in try Repository(screened: path, quarantine) }
    let changed = try CommitContent(new, in: path, folder: options.folder, only: changes.files.keys, quarantine: quarantine)
    let claims = try IDClaims(in: new, of: open(), folder: options.folder)
    let others = try await claimants(of: changed, among: claims, open)
    var content = try CommitContent(
      new, in: path, folder: options.folder, only: others.union(changes.files.keys), entering: changes.folders(in: options.folder),
      quarantine: quarantine)
    // What a sync saw is news about the platform, and no mistake of whoever pushes it: a daemon records it.
    content.records = try CommitContent(base, in: path, folder: options.folder, only: []).records
    let known = KnownPosts(in: path, folder: options.folder, at: base)
    let files = content.files(isNew: { path, id in !known.contains(id, at: path) })
    let old = changes.oldPosts(in: options.folder)
    let renames = try renames(from: old, to: changed.listing.posts, in: files, of: content, since: base)
    let found = (try await errors(in: content, files) + renames).withoutPastRenamed
    guard found.contains(where: { changes.touches($0.path) }) else { return .fine }
    // Two files that claim one id are both told so, also where only one is touched.
    return report(found.filter { changes.touches($0.path) || $0.rule == .idDuplicate }, in: content, files)
  }

  /// A link in the place of the folder is valid nowhere; what is no news stops nobody.
  private func reportLink(in new: ObjectID, since base: ObjectID?, _ path: String, _ quarantine: String?) throws(Failure) -> ExitStatus {
    do throws(GitError) {
      let repository = try Repository(screened: path, content: options.folder, quarantine)
      guard let link = try repository.link(onTheWayTo: options.folder, in: repository.tree(of: new)),
        let diagnostic = EntryCheck.diagnostic(link, .symlink)
      else { return .fine }
      if let base, try repository.link(onTheWayTo: options.folder, in: repository.tree(of: base)) != nil { return .fine }
      Output.error.write(DiagnosticReport(options.console.color(on: .error)).text(diagnostic, source: nil))
      return .findings
    } catch { throw .couldNot(error.description) }
  }

  /// Of what is staged.
  func status(of staged: CommitContent, since base: CommitContent?) async throws -> ExitStatus {
    guard let base, !Self.reachesFurther(from: base, to: staged) else { return try await status(of: staged, base: base) }
    let changed = Set(staged.listing.posts.filter { base.blobs[$0] != staged.blobs[$0] })
    let path = staged.path
    let others = try await claimants(of: staged.only(changed), among: IDClaims(in: staged)) { () throws(GitError) in
      try Repository(screened: path)
    }
    return try await status(of: staged, base: base, reading: changed.union(others))
  }

  /// What of a change is an old post under a new name.
  ///
  /// - Parameters:
  ///   - old: posts that it takes away or edits, as they were.
  ///   - before: what the old ones were read against, where that is another catalog.
  ///   - base: the commit that is changed.
  private func renames(
    from old: [String: ObjectID], to new: [String], in files: ContentFiles, of content: CommitContent, before: CommitContent? = nil,
    since base: ObjectID?
  ) throws(Failure) -> [Diagnostic] {
    guard !old.isEmpty, !new.isEmpty else { return [] }
    let host = try host()
    var ignored: [Diagnostic] = []
    let catalog = try Validation.catalog(content.listing, in: files, host, &ignored)
    let view = try? RepositoryView(options)  // Without a branch of its own there are the records of the base.
    let records = try view?.records(onBranch: catalog.settings.record.branch)
    let own = if let base { Optional(base) } else { try Self.head(content.path) }
    guard
      let published = try RecordedPosts(
        in: content.path, folder: options.folder, at: [records ?? nil, own], complain: options.console.note)
    else { return [] }
    var earlier: Catalog?
    if let before { earlier = try Validation.catalog(before.listing, in: before.files, host, &ignored) }
    return try published.renames(from: old, to: new, in: files, catalog, before: earlier)
  }

  /// - Parameter posts: those that are read; `nil` is all of them.
  private func status(of content: CommitContent, base: CommitContent?, reading posts: Set<String>? = nil) async throws -> ExitStatus {
    var content = posts.map(content.only) ?? content
    if let base { content.records = base.records }
    let known = Set(base?.listing.posts.map(ContentFile.stem) ?? [])
    let files = content.files(isNew: { path, id in !known.contains(id.text) && !known.contains(ContentFile.stem(of: path)) })
    var found = try await errors(in: content, files)
    if !found.isEmpty, let base {
      let listing = posts.map(base.listing.only) ?? base.listing
      let before = Set(try await Validation(listing, in: base.files, host: host()).diagnostics.map(KnownMistake.init))
      // A file that is touched has to be right; elsewhere only what was right before and is wrong now.
      found = found.filter { base.blobs[$0.path] != content.blobs[$0.path] || !before.contains(KnownMistake($0)) }
    }
    if let base {
      let old = base.listing.posts.reduce(into: [:]) { $0[$1] = base.blobs[$1] == content.blobs[$1] ? nil : base.blobs[$1] }
      let new = content.listing.posts.filter { base.blobs[$0] != content.blobs[$0] }
      found = (found + (try renames(from: old, to: new, in: files, of: content, before: base, since: nil))).withoutPastRenamed
    }
    return report(found, in: content, files)
  }

  private func claimants(
    of changed: CommitContent, among claims: IDClaims, _ open: @escaping @Sendable () throws(GitError) -> Repository
  ) async throws -> Set<String> {
    let ids = try changed.files.ids(of: changed.listing.posts)
    let packs = Packs(gitDirectory: changed.path, borrowing: changed.quarantine)
    return try await claims.claimants(of: ids, besides: Set(changed.listing.posts), packs: packs, cores: host().cores) {
      BlobReader(packs, open: open)
    }
  }

  private func errors(in content: CommitContent, _ files: ContentFiles) async throws -> [Diagnostic] {
    try await Validation(content.listing, in: files, host: host()).diagnostics.filter { $0.severity == .error }
  }

  private func host() throws(Failure) -> ValidationHost {
    ValidationHost(
      zones: try Zones.host(), platforms: Shipped.schemas, now: now, cores: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))),
      branches: ValidationHost.branches(of: options.repo))
  }

  /// Prints what is wrong, on standard error, where git shows it.
  private func report(_ found: [Diagnostic], in content: CommitContent, _ files: ContentFiles) -> ExitStatus {
    guard !found.isEmpty else { return .fine }
    let status = found.contains { $0.severity == .error } ? ExitStatus.findings : .fine
    let read = try? files.openReader()  // Only source lines would be missing.
    let report = ValidateReport(diagnostics: found, posts: content.listing.posts.count, accounts: content.listing.accounts.count)
    Output.error.write(
      report.text(options.console.color(on: .error)) { path in
        var bytes: [UInt8]?
        try? read?(path) { bytes = Array($0) }  // Only the source line would be missing; a link, for one, is not followed.
        return bytes
      })
    return status
  }
}

extension ContentCheck {
  private static func head(_ path: String) throws(Failure) -> ObjectID? {
    do throws(GitError) { return try Repository(screened: path).reference("HEAD") } catch { throw .couldNot(error.description) }
  }

  /// Other branches have no content folder.
  private static func hasContent(
    _ commit: ObjectID, in path: String, _ options: ResolvedOptions, quarantine: String? = nil
  ) throws(Failure) -> Bool {
    do throws(GitError) {
      let repository = try Repository(screened: path, content: options.folder, quarantine)
      return try repository.entry(at: options.folder, in: repository.tree(of: commit))?.kind == .folder
    } catch { throw .couldNot(error.description) }
  }

  private static func changes(
    from old: ObjectID, to new: ObjectID, in path: String, _ options: ResolvedOptions, _ quarantine: String?
  ) throws(Failure) -> ContentChanges {
    do throws(GitError) {
      return try ContentChanges(
        from: old, to: new, in: Repository(screened: path, content: options.folder, quarantine), folder: options.folder)
    } catch { throw .couldNot(error.description) }
  }

  /// Whether something differs that posts depend on which did not change: settings, accounts, or a file that was there.
  private static func reachesFurther(from base: CommitContent, to new: CommitContent) -> Bool {
    let posts = "\(new.listing.folder)/posts"
    return base.blobs.contains { path, blob in !ContentPath.isBelow(posts, path) && new.blobs[path] != blob }
      || new.listing.accounts.count != base.listing.accounts.count || new.listing.settings != base.listing.settings
  }

  /// The content of a commit; `nil` for one without the content folder.
  static func content(at commit: ObjectID, in path: String, _ options: ResolvedOptions) throws(Failure) -> CommitContent? {
    try hasContent(commit, in: path, options) ? CommitContent(commit.hex, in: path, folder: options.folder) : nil
  }
}
