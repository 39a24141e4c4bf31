import Glibc

/// What one connection has sent so far of one request; no client here sends the next one before its answer.
struct ReceivedStream {
  private var bytes: [UInt8] = []
  private var began: Int64 = 0
  private var expected: Int?

  enum Progress {
    case more, closed
    case request(Receiver.Arrival)
  }

  mutating func read(from descriptor: Int32) -> Progress {
    while true {
      let count = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16_384) { buffer in
        let count = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { return count }
        if bytes.isEmpty { began = Clocks.real }
        bytes += buffer[..<count]
        return count
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 && errno == EAGAIN ? .more : .closed }
      if let end = expected ?? wholeLength() {
        expected = end
        guard bytes.count >= end else { continue }
        let arrival = Receiver.Arrival(at: began, request: bytes)
        self = ReceivedStream()
        return .request(arrival)
      }
    }
  }

  /// Bytes of the head and the body together; `nil` while the head is not whole.
  private func wholeLength() -> Int? {
    guard let head = ReceivedRequest.headLength(bytes) else { return nil }
    return head + (ReceivedRequest.header("content-length", in: bytes[..<head]).flatMap { Int($0) } ?? 0)
  }
}

/// The little of HTTP/1.1 that the receiver reads.
enum ReceivedRequest {
  /// Bytes up to and with the empty line.
  static func headLength(_ bytes: [UInt8]) -> Int? {
    bytes.firstRange(of: [0x0D, 0x0A, 0x0D, 0x0A]).map(\.upperBound)
  }

  static func header(_ name: String, in head: ArraySlice<UInt8>) -> String? {
    for line in head.split(separator: 0x0A) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      if String(decoding: line[..<colon], as: UTF8.self).lowercased() == name {
        let value = line[(colon + 1)...].filter { $0 != 0x20 && $0 != 0x0D }
        return String(decoding: value, as: UTF8.self)
      }
    }
    return nil
  }
}
