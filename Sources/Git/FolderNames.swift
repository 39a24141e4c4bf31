/// What is in one folder of a commit, in git's order, flat: for looking through very many names and taking few.
///
/// Nothing is judged here: ``Repository/entries(of:at:)`` says what is wrong with an entry.
public struct FolderNames: Sendable {
  private var text: [UInt8] = []
  private var ends: [Int] = []
  private var kinds: [TreeEntry.Kind] = []
  private var ids: [ObjectID] = []

  /// The names in the folder `tree`.
  public init(of tree: ObjectID, in repository: borrowing Repository) throws(GitError) {
    let listing = try Listing(tree, in: repository)
    add(listing.items)
  }

  /// The names in a folder's bytes; `nil` where they are none.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard var items = Listing.parse(bytes) else { return nil }
    Listing.order(&items)
    add(items)
  }

  private mutating func add(_ items: [Listing.Item]) {
    ends.reserveCapacity(items.count)
    kinds.reserveCapacity(items.count)
    ids.reserveCapacity(items.count)
    text.reserveCapacity(items.reduce(0) { $0 + $1.name.count })
    for item in items {
      text.append(contentsOf: item.name)
      ends.append(text.count)
      kinds.append(TreeEntry.Kind(mode: item.mode))
      ids.append(item.id)
    }
  }

  public var count: Int { ids.count }

  public func kind(_ number: Int) -> TreeEntry.Kind { kinds[number] }
  public func id(_ number: Int) -> ObjectID { ids[number] }

  /// Repaired with U+FFFD if it is no UTF-8.
  public func name(_ number: Int) -> String { withName(number) { String(decoding: $0, as: UTF8.self) } }

  /// Calls `body` with the bytes of a name, without making a string.
  public func withName<Result>(_ number: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    text.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[(number == 0 ? 0 : ends[number - 1])..<ends[number]])) }
  }

  /// Where a name stands, or would stand.
  public func place(of name: String) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if withName(middle, { $0.lexicographicallyPrecedes(name.utf8) }) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
