internal import CGit2
internal import Glibc
internal import Synchronization

/// The certificate authorities that libgit2 trusts; they are the whole process's.
///
/// A libgit2 with mbedTLS reads and parses all of the system's whenever it starts, which is a seventh of what it costs to check one changed
/// post, for the sake of https alone. That is put off until somebody speaks https; nobody is trusted before.
struct Authorities {
  private var trusted = Trusted.untouched

  private enum Trusted: Equatable {
    /// As libgit2 has left it when it started.
    case untouched
    case system
    case also(file: String)
  }

  /// Has libgit2 trust those of the system, and those in `file` where there is one.
  mutating func trust(_ file: String?) throws(GitError) {
    let wanted = file.map { Trusted.also(file: $0) } ?? .system
    guard trusted != wanted else { return }
    try check("read the certificates \(file ?? "of the system")") {
      if let file { return git_shim_set_certificates(file, "/etc/ssl/certs") }
      if trusted != .untouched { return git_shim_set_certificates("/etc/ssl/certs/ca-certificates.crt", nil) }
      return putOff.withLock { $0 }.map { git_shim_set_certificates($0, nil) } ?? 0
    }
    trusted = wanted
  }

  /// Calls `start`, which starts libgit2, and puts off what that would read.
  static func puttingOff(_ start: () -> Int32) -> Int32 {
    isStarting.store(true, ordering: .sequentiallyConsistent)
    defer { isStarting.store(false, ordering: .sequentiallyConsistent) }
    return start()
  }
}

/// Whether libgit2 is being started; whoever calls mbedTLS at another time is given what it asks for.
private let isStarting = Atomic(false)
/// The file that libgit2 wanted to read when it started.
private let putOff = Mutex<String?>(nil)

/// In the place of mbedTLS's own function, for the loader looks in the program first: it reads nothing while libgit2 starts.
///
/// - Returns: mbedTLS's status; 0 is success.
/// - Source: `git_mbedtls_stream_global_init` and `git_mbedtls__set_cert_location` of libgit2.
@_cdecl("mbedtls_x509_crt_parse_file")
public func readAuthorities(_ chain: UnsafeMutableRawPointer?, _ path: UnsafePointer<CChar>?) -> Int32 {
  if isStarting.load(ordering: .sequentiallyConsistent) {
    putOff.withLock { $0 = path.map { String(cString: $0) } }
    return 0
  }
  typealias Read = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Int32
  // RTLD_NEXT, which Swift does not import: the library's own.
  guard let own = dlsym(UnsafeMutableRawPointer(bitPattern: -1), "mbedtls_x509_crt_parse_file") else { return -1 }
  return unsafeBitCast(own, to: Read.self)(chain, path)
}
