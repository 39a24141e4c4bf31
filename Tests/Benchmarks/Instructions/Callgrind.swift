/// Counts the instructions of a program, all its threads together. Source: valgrind's callgrind.
struct Callgrind {
  let folder: TemporaryFolder

  /// - Parameter statuses: how the program may end.
  func instructions(of command: [String], statuses: Set<Int32> = [0]) throws(BenchFailure) -> Double {
    let (counts, errors) = (folder.fresh("callgrind"), folder.fresh("callgrind-errors"))
    let valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=\(counts)", "--quiet"]
    let exit = try Child(valgrind + command, .init(errors: errors)).wait()
    guard statuses.contains(exit.status) else {
      throw BenchFailure("\(command.joined(separator: " ")) ended with \(exit.status): \(try Files.text(errors).suffix(1000))")
    }
    let line = try Files.text(counts).split(separator: "\n").last { $0.hasPrefix("summary:") || $0.hasPrefix("totals:") }
    guard let count = line?.split(separator: " ").last.flatMap({ Double($0) }), count > 0 else {
      throw BenchFailure("callgrind counted nothing; see \(counts)")
    }
    return count
  }
}
