import Glibc

/// A socket that listens on 127.0.0.1, on a port of the system's choice; whoever makes it closes it.
struct LoopbackListener {
  let descriptor: Int32
  let port: UInt16

  init() throws(Failure) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | UInt32(SOCK_CLOEXEC.rawValue)), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isListening else {
      let reason = String(cString: strerror(errno))
      if listener >= 0 { close(listener) }
      throw .couldNot("cannot listen on 127.0.0.1: \(reason)")
    }
    (descriptor, port) = (listener, UInt16(bigEndian: address.sin_port))
  }
}
