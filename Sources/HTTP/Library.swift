import CCurl

/// libcurl itself: loaded when a client first sends something, or an address is first read, and kept for the life of the process.
///
/// Thirty libraries come with it. A command that sends nothing starts in half the time without them, and a daemon whose accounts are all on
/// this machine needs a fifth less memory.
public enum Library {
  /// Looks whether this host has it: for those who may have to send something later, so that it is said now. It is not kept.
  public static func look() throws(MissingLibrary) {
    if let reason = posthorn_curl_look() { throw MissingLibrary(detail: String(cString: reason)) }
  }

  static func start() throws(MissingLibrary) { try started.get() }

  private static let started = Result { () throws(MissingLibrary) in
    if let reason = posthorn_curl_load() { throw MissingLibrary(detail: String(cString: reason)) }
  }
}

/// libcurl is not on this host, or cannot be used as it is.
public struct MissingLibrary: Error, Equatable, Sendable, CustomStringConvertible {
  /// The loader's words.
  public let detail: String

  public var description: String { "libcurl cannot be loaded (\(detail)); on Debian: apt-get install libcurl4" }
}
