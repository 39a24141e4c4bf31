internal import Glibc
internal import Synchronization

/// Which kinds of host key are asked for: those that the files that count have of the host, as OpenSSH does. A server shows the first that we
/// name, and of a key of another kind nobody could say that it is the host's.
///
/// libgit2 asks for the kinds in the `known_hosts` of the home, whichever files count here; it is given their lines instead.
struct HostKeyPreference {
  /// In the form of a file, each with the plain name of the host.
  let lines: [String]

  /// Of rsa keys none is: libssh2 could ask for them only with a signature that servers refuse by now, and libgit2 would for the first line.
  /// With nothing but these there is no preference.
  init(_ known: KnownHosts, host: String, port: Int) {
    lines = known.lines(host: host, port: port).filter { !$0.contains(" ssh-rsa ") }
  }

  /// Has the conversation that `body` leads ask for these; one at a time in the whole process.
  func hold<Result>(while body: () -> Result) -> Result {
    preferred.withLock { $0 = lines }
    defer { preferred.withLock { $0 = [] } }
    return body()
  }
}

private let preferred = Mutex<[String]>([])

/// In the place of libssh2's own function, which libgit2 has read the file in the home: the loader looks in the program first.
///
/// - Returns: how many keys were read, as libssh2 does, or that there is no file.
/// - Source: `libssh2_knownhost_readfile(3)`; `load_known_hosts` and `get_hostkey_preference` of libgit2.
@_cdecl("libssh2_knownhost_readfile")
public func readKnownHosts(_ hosts: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ form: Int32) -> Int32 {
  typealias ReadLine = @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, Int, Int32) -> Int32
  // RTLD_DEFAULT, which Swift does not import: libssh2 came with libgit2.
  guard let function = dlsym(nil, "libssh2_knownhost_readline") else { return noFile }
  let readLine = unsafeBitCast(function, to: ReadLine.self)
  let read = preferred.withLock { $0 }.count { line in line.withCString { readLine(hosts, $0, strlen($0), form) == 0 } }
  return read == 0 ? noFile : Int32(read)
}

/// LIBSSH2_ERROR_FILE.
private let noFile: Int32 = -16
