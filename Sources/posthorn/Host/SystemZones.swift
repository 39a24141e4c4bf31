import Glibc
import Schedule

/// The system's tzdata cannot be used.
struct SystemZonesError: Error, CustomStringConvertible {
  let description: String
}

extension Zones {
  /// The zones of the system's tzdata: in `directory`, which `TZDIR` names, or in `/usr/share/zoneinfo`.
  ///
  /// - Throws: ``SystemZonesError`` where tzdata is not installed, with how to install it.
  /// - Source: the names and the version from `tzdata.zi`, which zic(8) writes beside the zones.
  ///
  /// - Parameter reading: told of each file before it is read.
  static func system(directory: String?, reading: @escaping @Sendable (String) -> Void = { _ in }) throws(SystemZonesError) -> Zones {
    let folder = directory.flatMap { $0.isEmpty ? nil : $0 } ?? "/usr/share/zoneinfo"
    reading("\(folder)/tzdata.zi")
    guard let index = contents(of: "\(folder)/tzdata.zi", atMost: 1 << 22) else {
      throw SystemZonesError(
        description: "no time zones: \(folder)/tzdata.zi cannot be read; install tzdata, or set TZDIR to a folder that has it")
    }
    guard let (version, names, links) = TZDataIndex.read(index) else {
      throw SystemZonesError(description: "\(folder)/tzdata.zi is not the index of tzdata: no \"# version\" or no zones; reinstall tzdata")
    }
    return Zones(version: version, names: names, index: index) { name in
      // Some distributions have old names in a package of their own; the index says which zones these are.
      for file in [name, links[name]].compactMap(\.self) {
        reading("\(folder)/\(file)")
        if let bytes = contents(of: "\(folder)/\(file)", atMost: 1 << 18) { return bytes }
      }
      return nil
    }
  }
}

/// What `tzdata.zi` says about the folder that it lies in.
enum TZDataIndex {
  /// The version from the first line, `# version 2025b`, and the names of its zones (`Z NAME …`) and links (`L TARGET NAME`).
  /// Links lead to zones or to other links. `nil` where a part is missing.
  static func read(_ bytes: [UInt8]) -> (version: String, names: [String], links: [String: String])? {
    var (version, names, links) = (String?.none, [String](), [String: String]())
    var rest = bytes[...]
    while !rest.isEmpty {
      let line = rest.prefix { $0 != 0x0A }
      rest = rest[line.endIndex...].dropFirst()
      if line.isEmpty { continue }
      if version != nil {
        guard let (name, target) = name(in: line) else { continue }
        names.append(name)
        links[name] = target
      } else {
        guard line.starts(with: "# version ".utf8) else { return nil }
        version = String(decoding: line.dropFirst(10), as: UTF8.self)
      }
    }
    guard let version, !names.isEmpty else { return nil }
    return (version, names, links)
  }

  /// The name that a line of a zone or a link gives, and what the link leads to. Most lines say when clocks change, and are not taken apart.
  private static func name(in line: ArraySlice<UInt8>) -> (name: String, target: String?)? {
    guard line.count > 2, line[line.startIndex + 1] == 0x20, let kind = line.first.map({ Unicode.Scalar($0) }), kind == "Z" || kind == "L"
    else { return nil }
    let words = line.split(separator: 0x20, maxSplits: 3)
    if kind == "Z" { return words.count > 1 ? path(words[1]).map { ($0, nil) } : nil }
    return words.count == 3 ? path(words[2]).map { ($0, path(words[1])) } : nil
  }

  /// The name as a path inside the folder; `nil` where it would leave it.
  private static func path(_ name: ArraySlice<UInt8>) -> String? {
    let isPlain = name.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "+-_./".utf8.contains(byte)
    }
    let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard isPlain, parts.allSatisfy({ !$0.isEmpty && $0.first != UInt8(ascii: ".") }) else { return nil }
    return String(decoding: name, as: UTF8.self)
  }
}

/// The bytes of a regular file; `nil` where it cannot be read or has more than `limit` bytes.
private func contents(of path: String, atMost limit: Int) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var facts = stat()
  guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, (0...limit).contains(Int(facts.st_size)) else { return nil }
  var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
  var filled = 0
  while filled < bytes.count {
    let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return nil }
    filled += count
  }
  return bytes
}
