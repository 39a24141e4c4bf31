import Git
import Glibc
import Schedule

/// Files of a repository that are to be read on all cores, each where it lies next to the one before it in the repository's packs.
struct ManyFiles: Sendable {
  private let path: String
  private let packs: Packs
  private let order: [Int]

  /// - Parameters:
  ///   - blobs: the files; nil for one that nothing is to be read for.
  ///   - path: the git directory.
  init(_ blobs: some Collection<ObjectID?>, in path: String) {
    self.path = path
    packs = Packs(gitDirectory: path)
    order = packs.order(of: blobs)
  }

  /// - Parameter take: does a share on a thread of its own: it asks for the places of files until there are none left.
  func read(_ take: @escaping @Sendable (_ next: () throws -> ArraySlice<Int>?, _ files: BlobReader) throws -> Void) async throws {
    let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    _ = try await SharedWork(count: order.count, cores: cores).shares { next in
      let files = BlobReader(packs) { () throws(GitError) in try Repository(at: path) }
      try take(
        {
          try Task.checkCancellation()
          return next().map { order[$0] }
        }, files)
    }
  }
}
