/// Reads files one after another, each as its id promises: out of packs where it can, else through a ``Repository``. For what goes out.
///
/// libgit2 looks for the object twice, unpacks it with zlib, and computes its id with a SHA-1 that looks for forgeries at every step.
public struct CheckedBlobReader: ~Copyable {
  private let packs: Packs
  private var reader = PackReader(keeping: .few)
  private var lastPack = 0

  public init(_ packs: Packs) { self.packs = packs }

  /// - Throws: what ``Repository/blob(_:limit:)`` throws.
  public mutating func blob(_ id: ObjectID, limit: Int, of repository: borrowing Repository) throws(GitError) -> [UInt8] {
    if let (pack, number) = packs.find(id, last: &lastPack),
      let object = reader.object(number, of: packs.packs[pack], numbered: pack, limit: limit), object.type == Self.blob,
      ObjectID(ofBlob: object.bytes) == id
    {
      return object.bytes
    }
    return try repository.blob(id, limit: limit)
  }

  private static let blob: UInt8 = 3
}
