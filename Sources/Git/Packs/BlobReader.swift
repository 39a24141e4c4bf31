/// Reads the bytes of files one after another: out of packs where it can, else through a ``Repository`` of its own. One thread's own.
///
/// It verifies what a pack's index and the checksums in its streams promise, not the id (see ``PackReader``): read again through ``Repository`` what goes out.
public final class BlobReader {
  private let packs: Packs
  private let open: () throws(GitError) -> Repository
  private var reader = PackReader()
  private var lastPack = 0
  private var opened: Opened?

  /// - Parameter open: opens the repository that `packs` are of, once it is needed.
  public init(_ packs: Packs, open: @escaping () throws(GitError) -> Repository) {
    (self.packs, self.open) = (packs, open)
  }

  /// Calls `body` with the bytes of a file, which live for the call only.
  ///
  /// - Throws: what ``Repository/blob(_:limit:)`` throws.
  public func read<Result>(_ id: ObjectID, limit: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) throws(GitError) -> Result {
    try bytes(id, limit: limit).withUnsafeBufferPointer(body)
  }

  private func bytes(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
    if let (pack, number) = packs.find(id, last: &lastPack),
      let object = reader.object(number, of: packs.packs[pack], numbered: pack, limit: limit), object.type == Self.blob
    {
      return object.bytes
    }
    return try repository().repository.blob(id, limit: limit)
  }

  private func repository() throws(GitError) -> Opened {
    if let opened { return opened }
    let made = Opened(try open())
    opened = made
    return made
  }

  private final class Opened {
    let repository: Repository
    init(_ repository: consuming Repository) { self.repository = repository }
  }

  private static let blob: UInt8 = 3
}
