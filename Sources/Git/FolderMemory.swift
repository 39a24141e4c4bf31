/// Folders that were taken apart, for whoever asks for many entries of few: the audit asks for each post of a year, and taking a folder
/// apart for each of them costs the square of what is in it. A tree never changes, so what is remembered is right for ever.
public final class FolderMemory {
  private final class Kept {
    let listing: Listing
    init(_ listing: consuming Listing) { self.listing = listing }
  }

  private var folders: [ObjectID: Kept] = [:]
  private var entries = 0

  public init() {}

  /// The entry `name` of the folder `tree`, which is at `path`.
  func entry(_ name: String, of tree: ObjectID, at path: String, in repository: borrowing Repository) throws(GitError) -> TreeEntry? {
    let kept = if let known = folders[tree] { known } else { try remember(tree, in: repository) }
    return kept.listing.index(of: name).map { kept.listing.entry($0, folder: path) }
  }

  private func remember(_ tree: ObjectID, in repository: borrowing Repository) throws(GitError) -> Kept {
    let kept = Kept(try Listing(tree, in: repository))
    if entries > Self.mostEntries {
      folders = [:]
      entries = 0
    }
    folders[tree] = kept
    entries += kept.listing.items.count
    return kept
  }

  /// Some ten megabytes.
  private static let mostEntries = 100_000
}
