import Foundation
import Glibc
import Synchronization

/// A git server that says what a test puts into its mouth: one branch, `main`, at any commit, and any bytes as the pack that leads to it.
///
/// It speaks the git protocol, version 0, without any capability (gitprotocol-pack(5)).
public final class PackServer: Sendable {
  public let port: Int
  private let listener: Int32
  private let state: Mutex<Offer>

  /// What it offers.
  public struct Offer: Sendable {
    public var tip: String
    public var pack: [UInt8]

    public init(tip: String, pack: [UInt8]) { (self.tip, self.pack) = (tip, pack) }
  }

  public init(_ offer: Offer) throws {
    let (socket, port) = try Loopback.listen()
    (listener, self.port) = (socket, Int(port))
    state = Mutex(offer)
    Thread.detachNewThread { [self] in
      while case let client = Loopback.accept(listener), client >= 0 { Thread.detachNewThread { self.serve(client) } }
      close(listener)
    }
  }

  public var url: String { "git://127.0.0.1:\(port)/team.git" }

  public func set(_ offer: Offer) { state.withLock { $0 = offer } }

  public func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve(_ client: Int32) {
    defer { close(client) }
    let offer = state.withLock { $0 }
    guard Self.line(from: client) != nil else { return }
    let heads = Self.packet("\(offer.tip) HEAD\0symref=HEAD:refs/heads/main\n") + Self.packet("\(offer.tip) refs/heads/main\n")
    guard Loopback.write(heads + Array("0000".utf8), to: client) else { return }
    var wants = false
    while let line = Self.line(from: client) {
      if line.hasPrefix("want") { wants = true }
      if line.isEmpty, !wants { return }
      if line.hasPrefix("done") { break }
      if line.isEmpty || line.hasPrefix("have") { continue }
    }
    guard wants else { return }
    _ = Loopback.write(Self.packet("NAK\n") + offer.pack, to: client)
    shutdown(client, Int32(SHUT_WR))
    while !Self.bytes(1, from: client).isEmpty {}
  }

  /// A packet line: its length in four hexadecimal digits, then its text.
  private static func packet(_ text: String) -> [UInt8] {
    let length = String(text.utf8.count + 4, radix: 16)
    return Array((String(repeating: "0", count: 4 - length.count) + length + text).utf8)
  }

  /// The text of the next packet line, empty for a flush; nil at the end.
  private static func line(from client: Int32) -> String? {
    let head = bytes(4, from: client)
    guard head.count == 4, let length = Int(String(decoding: head, as: UTF8.self), radix: 16) else { return nil }
    return length <= 4 ? "" : String(decoding: bytes(length - 4, from: client), as: UTF8.self)
  }

  private static func bytes(_ count: Int, from client: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = [UInt8](unsafeUninitializedCapacity: count - bytes.count) { buffer, found in
        found = max(0, recv(client, buffer.baseAddress, buffer.count, 0))
      }
      guard !more.isEmpty else { break }
      bytes += more
    }
    return bytes
  }
}

extension GitClient {
  /// A pack with everything that `tip` leads to, without the objects `missing`, and with `extra` raw entries behind.
  public func pack(_ tip: String, without missing: Set<String> = [], extra: PackExtra = .nothing) throws -> [UInt8] {
    let folder = try TemporaryFolder("pack")
    let ids = try git("rev-list", "--objects", "--missing=allow-any", "--no-object-names", tip).split(separator: "\n").map(String.init)
    try folder.write(ids.filter { !missing.contains($0) }.joined(separator: "\n"), to: "ids")
    try run(["python3", "-c", Self.packer, path, folder.path("ids"), folder.path("pack"), extra.rawValue])
    return Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("pack"))))
  }

  /// Writes a pack (gitformat-pack(5)). The gibibyte of zeros is a thousand times the same compressed mebibyte.
  private static let packer = """
    import hashlib, subprocess, sys, zlib
    repository, names, target, extra = sys.argv[1:]
    ids = open(names).read().split()
    def head(kind, size):
      first, size = kind << 4 | size & 15, size >> 4
      out = bytearray()
      while size: out.append(first | 128); first, size = size & 127, size >> 7
      return bytes(out) + bytes([first])
    pack = b''
    for id in ids:
      kind = subprocess.check_output(['git', '-C', repository, 'cat-file', '-t', id], text=True).strip()
      body = subprocess.check_output(['git', '-C', repository, 'cat-file', kind, id])
      pack += head({'commit': 1, 'tree': 2, 'blob': 3}[kind], len(body)) + zlib.compress(body)
    count = len(ids)
    if extra == 'gibibyte':
      deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
      mebibyte = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
      checksum = ((1 << 30) % 65521) << 16 | 1
      pack += head(3, 1 << 30) + b'\\x78\\x9c' + mebibyte * 1024 + b'\\x03\\x00' + checksum.to_bytes(4, 'big')
      count += 1
    if extra == 'millions': count = 5000000
    pack = b'PACK' + (2).to_bytes(4, 'big') + count.to_bytes(4, 'big') + pack
    open(target, 'wb').write(pack + hashlib.sha1(pack).digest())
    """
}

/// What a pack has besides.
public enum PackExtra: String, Sendable {
  case nothing
  /// A blob of a gibibyte of zeros, ``gibibyteOfZeros``.
  case gibibyte
  /// The promise of five million objects, which do not come.
  case millions

  /// The id of that blob.
  public static let gibibyteOfZeros = "4fce05a4e4ed8cefef2d99f32c519b2fd7841b74"
}
