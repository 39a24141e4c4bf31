import Glibc
public import Schedule
import Synchronization

/// What this machine remembers of a state directory for as long as it runs, in a folder outside of it: no copy and no backup of the directory
/// takes it along (N5).
///
/// One small file for each place that a directory was seen in. It is written without a flush, as it need not survive the machine: a few hundred
/// nanoseconds in memory for each commit point.
public final class BootMemory: Sendable {
  /// What the last process on the directory has left.
  public struct Facts: Equatable, Sendable {
    public var incarnation: String
    public var life: String
    /// The number of the journal's newest commit point: a directory whose journal has not come so far is older than what was here.
    public var commitPoint: UInt64 = 0
    /// When the process was last seen running.
    public var awake: Moment?
    /// When the last reading of upstream began that was answered; `nil` where there was none.
    public var heard: Moment?
    /// After what silence others believe that it is gone.
    public var answersWithin = Duration.zero
    /// Whether somebody has said that no other one publishes, and upstream has not heard of it yet.
    public var isByWord = false

    public init(incarnation: String, life: String) { (self.incarnation, self.life) = (incarnation, life) }

  }

  /// A moment by the clock that counts from boot, and by the wall clock.
  public struct Moment: Equatable, Sendable {
    public var sinceBoot: Duration
    public var wall: Instant

    public init(sinceBoot: Duration, wall: Instant) { (self.sinceBoot, self.wall) = (sinceBoot, wall) }
  }

  /// Where a directory comes from.
  public enum Origin: Equatable, Sendable {
    /// It has been in its place since an earlier process had it, and it is what that one left.
    case inPlace(Facts)
    /// It is what an earlier process had here, as it once was.
    case older
    /// Nobody knows: it may be a copy of one that lives.
    case unknown
  }

  private let folder: Folder
  private let name: String
  /// Which start of the machine, and which folder at which path.
  private let place: [UInt8]
  private let state = Mutex(State())

  private struct State: ~Copyable {
    var file: File?
    var facts = Facts(incarnation: "", life: "")
  }

  /// - Parameters:
  ///   - path: an owner-only folder that is empty when the machine starts; made if it is missing.
  ///   - directory: what is remembered.
  ///   - boot: the name of this start of the machine.
  /// - Throws: ``StateError`` where nothing can be remembered: then every start is one that nobody knows anything of.
  public init(in path: String, of directory: Folder, boot: String) throws(StateError) {
    guard !boot.isEmpty else {
      throw StateError("remember in", path, .refused("the system does not say which start of the machine this is"))
    }
    folder = try Folder(at: path)
    let standing = try directory.standing()
    name = Self.name(of: standing.path)
    place = Array("\(boot) \(standing.identity.device) \(standing.identity.inode) \(standing.path)".utf8)
    forgetAbsent()
  }

  /// A name of its own for each path: FNV-1a, 64 bits.
  private static func name(of path: String) -> String {
    String(path.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }, radix: 16)
  }

  /// - Parameters:
  ///   - incarnation: of the directory.
  ///   - last: the number of its journal's last entry.
  public func origin(of incarnation: String, journal last: UInt64) -> Origin {
    guard let (facts, place) = read(name), facts.incarnation == incarnation else { return .unknown }
    // The boot has to be the same one; where the folder is another one, it has been restored over the path, and is older or may be a copy.
    guard place.prefix(while: { $0 != 0x20 }) == self.place.prefix(while: { $0 != 0x20 }) else { return .unknown }
    if last < facts.commitPoint { return .older }
    guard Array(place) == self.place else { return .unknown }
    state.withLock { $0.facts = facts }
    return .inPlace(facts)
  }

  /// From here on a start finds that the directory was here, and what this process says of it.
  public func begin(incarnation: String, life: String, commitPoint: UInt64) {
    state.withLock { state in
      (state.facts.incarnation, state.facts.life) = (incarnation, life)
      state.facts.commitPoint = max(state.facts.commitPoint, commitPoint)
      _ = unlinkat(folder.descriptor, name, 0)
      // Without a memory the next start asks upstream first, which is always safe.
      state.file = try? File(name, in: folder, O_RDWR | O_CREAT | O_EXCL)
      write(&state)
    }
  }

  /// From here on a start finds nothing.
  public func forget() {
    state.withLock { state in
      guard unlinkat(folder.descriptor, name, 0) == 0 || errno == ENOENT else { return }
      state.file = nil
    }
  }

  /// Notes a commit point before its call is made.
  public func reached(_ commitPoint: UInt64) {
    update { $0.commitPoint = max($0.commitPoint, commitPoint) }
  }

  /// Changes what is remembered, or is going to be.
  public func update(_ change: (inout Facts) -> Void) {
    state.withLock { state in
      change(&state.facts)
      if state.file != nil { write(&state) }
    }
  }

  /// One write within a page: a process that is killed leaves what was there or what is. What cannot be written is forgotten, as it would be wrong.
  private func write(_ state: inout State) {
    let bytes = state.facts.bytes + place + [0x0A]
    guard state.file?.overwrite(bytes) == true else {
      state.file = nil
      _ = unlinkat(folder.descriptor, name, 0)
      return
    }
  }

  /// What cannot be read is not remembered: a start that knows nothing asks upstream, which is always safe.
  private func read(_ name: String) -> (Facts, place: ArraySlice<UInt8>)? {
    guard let bytes = (try? folder.read(name, limit: 16_384)) ?? nil, bytes.last == 0x0A, let facts = Facts(bytes) else { return nil }
    return (facts, bytes.dropFirst(Facts.size).dropLast())
  }

  /// Directories that are gone need no memory; looked for where there are many. It is a tidying up, which the next start may do.
  private func forgetAbsent() {
    guard let names = try? folder.list(), names.count > Self.many else { return }
    for name in names {
      guard let path = read(name)?.place.split(separator: 0x20, maxSplits: 3).last else { continue }
      var status = stat()
      if lstat(String(decoding: path, as: UTF8.self), &status) != 0, errno == ENOENT { _ = unlinkat(folder.descriptor, name, 0) }
    }
  }

  private static let many = 64
}

extension BootMemory.Facts {
  /// Fields of a fixed width with a space behind each.
  fileprivate static let size = 10 + 2 * 33 + 7 * 21

  fileprivate var bytes: [UInt8] {
    var bytes = Array("posthorn1 ".utf8)
    bytes.reserveCapacity(Self.size + 256)
    for text in [incarnation, life] {
      bytes += text.utf8.prefix(32) + [UInt8](repeating: 0x30, count: max(0, 32 - text.utf8.count)) + [0x20]
    }
    for number in [
      commitPoint, awake.milliseconds { $0.sinceBoot.milliseconds }, awake.milliseconds { $0.wall.milliseconds },
      heard.milliseconds { $0.sinceBoot.milliseconds }, heard.milliseconds { $0.wall.milliseconds },
      UInt64(clamping: answersWithin.milliseconds),
      isByWord ? 1 : 0,
    ] { bytes.append(decimal: number) }
    return bytes
  }

  fileprivate init?(_ bytes: [UInt8]) {
    guard bytes.count > Self.size, bytes.starts(with: "posthorn1 ".utf8) else { return nil }
    let words = bytes.prefix(Self.size).split(separator: 0x20).dropFirst().map { String(decoding: $0, as: UTF8.self) }
    let numbers = words.dropFirst(2).compactMap { UInt64($0) }
    guard words.count == 9, numbers.count == 7, numbers.dropFirst().allSatisfy({ $0 < 1 << 62 }) else { return nil }
    self.init(incarnation: words[0], life: words[1])
    commitPoint = numbers[0]
    (awake, heard) = (BootMemory.Moment(numbers[1], numbers[2]), BootMemory.Moment(numbers[3], numbers[4]))
    (answersWithin, isByWord) = (.milliseconds(Int64(numbers[5])), numbers[6] == 1)
  }
}

extension BootMemory.Moment {
  /// Zeros stand for none.
  fileprivate init?(_ sinceBoot: UInt64, _ wall: UInt64) {
    guard sinceBoot > 0, wall > 0 else { return nil }
    self.init(sinceBoot: .milliseconds(Int64(sinceBoot)), wall: Instant(milliseconds: Int64(wall)))
  }
}

extension BootMemory.Moment? {
  fileprivate func milliseconds(_ count: (BootMemory.Moment) -> Int64) -> UInt64 { map { UInt64(clamping: count($0)) } ?? 0 }
}

extension [UInt8] {
  /// Twenty digits and a space.
  fileprivate mutating func append(decimal number: UInt64) {
    let start = count
    append(contentsOf: repeatElement(0x30, count: 20))
    append(0x20)
    var (rest, place) = (number, start + 19)
    while rest > 0 {
      self[place] = 0x30 + UInt8(rest % 10)
      (rest, place) = (rest / 10, place - 1)
    }
  }
}
