internal import CGit2
internal import Glibc

/// What a look at every loose object of a repository found.
public struct LooseObjectScreen: Hashable, Sendable {
  /// Files that are no whole object, with what is wrong. libgit2 would read a truncated one for ever.
  public let broken: [BrokenObject]
  public let examined: Int
  /// Whether the bounds were wide enough to examine them all.
  public let isComplete: Bool

  public struct BrokenObject: Hashable, Sendable {
    public let path: String
    public let problem: String
  }
}

extension Repository {
  /// Reads every loose object of the repository at `path`, alternates included, without libgit2: does its zlib stream end, with as many bytes as it says?
  ///
  /// Call it before a repository that others write to is read for the first time after the machine started: a power cut leaves such files.
  /// It takes no handle, because opening the repository may already read an object.
  ///
  /// - Parameters:
  ///   - bytes: how many bytes to unpack at most, over all objects.
  ///   - largestBlob: blobs of more bytes are taken for whole; for those who ask for the size first, and then do not read them.
  public static func screenLooseObjects(
    gitDirectory path: String, limit: Int = 1_000_000, bytes: Int = 16 << 30, largestBlob: Int = .max
  ) -> LooseObjectScreen {
    var broken: [LooseObjectScreen.BrokenObject] = []
    var examined = 0
    var budget = bytes
    for folder in objectFolders(of: path.hasSuffix("/") ? String(path.dropLast()) : path) {
      for fan in names(in: folder) where fan.utf8.count == 2 && fan.allSatisfy(\.isHexDigit) {
        for name in names(in: "\(folder)/\(fan)") where name.utf8.count == 38 && name.allSatisfy(\.isHexDigit) {
          guard examined < limit, budget > 0 else { return LooseObjectScreen(broken: broken, examined: examined, isComplete: false) }
          let place = "\(folder)/\(fan)/\(name)"
          examined += 1
          if let problem = LooseObject(largestBlob: largestBlob).problem(at: place, budget: &budget) {
            broken.append(.init(path: place, problem: problem))
          }
        }
      }
    }
    return LooseObjectScreen(broken: broken, examined: examined, isComplete: budget > 0)
  }

  /// The repository's own object folder, which a linked work tree has elsewhere, and those that it borrows from.
  static func objectFolders(of path: String) -> [String] {
    let common = contents(of: path + "/commondir")?.split(separator: "\n").first.map { $0.hasPrefix("/") ? "\($0)" : "\(path)/\($0)" }
    var folders = ["\(common ?? path)/objects"]
    var next = 0
    while next < folders.count, folders.count < 16 {
      let folder = folders[next]
      next += 1
      for line in (contents(of: folder + "/info/alternates") ?? "").split(separator: "\n") where !line.hasPrefix("#") {
        let other = line.hasPrefix("/") ? String(line) : "\(folder)/\(line)"
        if !folders.contains(other) { folders.append(other) }
      }
    }
    return folders
  }
}

extension LooseObjectScreen {
  /// - Throws: ``GitError``; `.corrupt`, with the path of the first broken object.
  public func requireWhole(toOpen path: String) throws(GitError) {
    guard let first = broken.first else { return }
    throw GitError(
      step: "open \(path)", reason: .corrupt,
      detail: "\(first.path) is no whole object (\(first.problem)), and \(broken.count - 1) more; "
        + "remove it, bring the object back from another clone, and run: git -C \(path) fsck")
  }
}

private struct LooseObject {
  let largestBlob: Int

  /// What is wrong with the object file at `path`; nil for a sound one, and for one that went away.
  func problem(at path: String, budget: inout Int) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return errno == ENOENT ? nil : String(cString: strerror(errno)) }
    defer { close(file) }
    var stream = z_stream()
    guard git_shim_inflate_init(&stream) == Z_OK else { return "zlib cannot be started" }
    defer { inflateEnd(&stream) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: chunk) { input in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: chunk) { output in
        unpack(file, &stream, input, output, &budget)
      }
    }
  }

  private let chunk = 64 << 10

  private func unpack(
    _ file: Int32, _ stream: inout z_stream, _ input: UnsafeMutableBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>,
    _ budget: inout Int
  ) -> String? {
    var total = 0
    var promised: Int?
    while true {
      if stream.avail_in == 0 {
        let count = read(file, input.baseAddress, input.count)
        guard count > 0 else { return count == 0 ? "it is cut off" : String(cString: strerror(errno)) }
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(count)
      }
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      let status = inflate(&stream, Z_NO_FLUSH)
      let count = output.count - Int(stream.avail_out)
      if promised == nil, count > 0 {
        guard let header = header(in: output.prefix(count)) else { return "it starts with no object header" }
        if header.kind == "blob", header.size > largestBlob { return nil }
        promised = header.total
      }
      total += count
      budget -= count
      if status == Z_STREAM_END { return total == promised ? nil : "it holds \(total) bytes instead of \(promised ?? 0)" }
      guard status == Z_OK || (status == Z_BUF_ERROR && stream.avail_in == 0) else { return "its compressed stream is damaged" }
      guard budget > 0 else { return nil }
    }
  }

  /// What an object says it is: `kind SP size NUL`, and with that header itself its total size. Nil if it has no such header.
  private func header(in start: Slice<UnsafeMutableBufferPointer<UInt8>>) -> (kind: Substring, size: Int, total: Int)? {
    guard let end = start.prefix(32).firstIndex(of: 0) else { return nil }
    let words = String(decoding: start[..<end], as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, ["blob", "tree", "commit", "tag"].contains(words[0]), let size = Int(words[1]),
      (0...1 << 62).contains(size)
    else { return nil }
    return (words[0], size, size + (end - start.startIndex) + 1)
  }
}
