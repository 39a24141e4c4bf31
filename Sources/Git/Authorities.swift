internal import CGit2
internal import Glibc
internal import Synchronization

/// The certificate authorities that libgit2 trusts; they are the whole process's.
///
/// A libgit2 with mbedTLS reads and parses all of the system's whenever it starts, which is a seventh of what it costs to check one changed
/// post, for the sake of https alone. ``readAuthorities(_:_:)`` puts that off until somebody speaks https; nobody is trusted before.
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
      if let file { return Self.set(file, "/etc/ssl/certs") }
      if trusted != .untouched { return Self.set("/etc/ssl/certs/ca-certificates.crt", nil) }
      return putOff.withLock { $0 }.map { Self.set($0, nil) } ?? 0
    }
    trusted = wanted
  }

  private static func set(_ file: String, _ folder: String?) -> Int32 {
    areWanted.store(true, ordering: .relaxed)
    return git_shim_set_certificates(file, folder)
  }
}

/// Whether somebody speaks https.
private let areWanted = Atomic(false)
/// The file that libgit2 wanted to read when it started.
private let putOff = Mutex<String?>(nil)

/// In the place of mbedTLS's own function, for the loader looks in the program first: it reads nothing while libgit2 starts.
///
/// - Returns: mbedTLS's status; 0 is success.
/// - Source: `git_mbedtls_stream_global_init` and `git_mbedtls__set_cert_location` of libgit2.
@_cdecl("mbedtls_x509_crt_parse_file")
public func readAuthorities(_ chain: UnsafeMutableRawPointer?, _ path: UnsafePointer<CChar>?) -> Int32 {
  guard areWanted.load(ordering: .relaxed) else {
    putOff.withLock { $0 = path.map { String(cString: $0) } }
    return 0
  }
  typealias Read = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Int32
  // RTLD_NEXT, which Swift does not import: the library's own.
  guard let own = dlsym(UnsafeMutableRawPointer(bitPattern: -1), "mbedtls_x509_crt_parse_file") else { return -1 }
  return unsafeBitCast(own, to: Read.self)(chain, path)
}
