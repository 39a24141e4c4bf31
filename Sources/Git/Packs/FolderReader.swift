/// Reads folders one after another, to look through their names: out of packs where it can, else through a ``Repository``.
///
/// It verifies what a pack's index and the checksums in its streams promise, not the id (see ``PackReader``): to compute that of a thousand names takes longer than all
/// the rest.
public struct FolderReader: ~Copyable {
  private let packs: Packs
  private var reader = PackReader()
  private var lastPack = 0

  public init(_ packs: Packs) { self.packs = packs }

  /// The names in the folder `tree`.
  public mutating func names(in tree: ObjectID, of repository: borrowing Repository) throws(GitError) -> FolderNames {
    if let (pack, number) = packs.find(tree, last: &lastPack),
      let object = reader.object(number, of: packs.packs[pack], numbered: pack, limit: Listing.largest), object.type == Self.folder,
      let names = object.bytes.withUnsafeBytes({ FolderNames($0) })
    {
      return names
    }
    return try FolderNames(of: tree, in: repository)
  }

  private static let folder: UInt8 = 2
}
