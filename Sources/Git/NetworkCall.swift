internal import CGit2
internal import Failpoints
internal import Glibc
internal import Synchronization

/// One conversation with a remote: what libgit2's callbacks answer, and what they saw.
///
/// libgit2 keeps a pointer to it during the call; ``run(_:)`` keeps it alive that long. It stays on the calling thread.
final class NetworkCall {
  let step: String
  let url: RemoteURL
  private let access: Access

  /// Why a callback ended the call; more precise than what libgit2 makes of it.
  private var failure: GitError?
  private var untried: [Credential]
  /// What the server had at the branch when the update was about to be sent; nil before that, and nothing was sent.
  private(set) var negotiated: [String: ObjectID]?
  var expected: [String: ObjectID] = [:]
  /// The server's word on each reference, nil for done.
  private(set) var statuses: [String: String?] = [:]
  /// Whether a pack has begun to arrive: from then on it is bounded by itself.
  private let hasPack = Flag()
  /// What the server and its hooks said, for people; at most 1 KiB.
  private(set) var remarks: [UInt8] = []

  init(_ step: String, url: String, access: Access) {
    self.url = RemoteURL(url)
    self.step = "\(step) \(self.url.shown)"
    self.access = access
    untried = access.credentials
  }

  /// Runs one conversation under the deadline; one at a time in the whole process, because the deadline tells sockets apart by their age.
  ///
  /// - Returns: what `body` returned: libgit2's status.
  /// - Throws: the ``GitError`` of a negative status: what a callback found, `.timeout` if the time was up, or libgit2's own words.
  func run(_ body: () -> Int32) throws(GitError) {
    try Library.start()
    try check()
    let failed = Self.turn.withLock { authorities -> GitError? in
      do throws(GitError) {
        if url.scheme == .https { try authorities.trust(access.certificateAuthorities) }
        let (outcome, cut) = try Deadline.run(
          after: access.deadline, isExempt: access.isExempt, patience: access.patience,
          onOverrun: { [access, step] in
            access.onOverrun(GitError(step: step, reason: .timeout, detail: "it ignores its deadline of \(access.deadline)"))
          }, mostBytes: { [access, hasPack] in hasPack.isRaised ? access.largestPack + access.largestPreface : access.largestPreface }
        ) { () -> GitError? in
          let status = withExtendedLifetime(self) { preference?.hold(while: body) ?? body() }
          return status < 0 ? failure ?? GitError(step: step, status: status).without(self.url) : nil
        }
        guard let error = outcome, failure == nil else { return outcome }
        return switch cut {
        case .none: error
        case .late: GitError(step: step, reason: .timeout, detail: "it took longer than \(access.deadline) (\(error.detail))")
        case .flooded where hasPack.isRaised:
          GitError(step: step, reason: .tooLarge, detail: "it sent more than \(access.largestPack) bytes")
        case .flooded:
          GitError(
            step: step, reason: .tooLarge, detail: "it sent more than \(access.largestPreface) bytes, and no pack: is it a git server?")
        }
      } catch {
        return error
      }
    }
    if let failed { throw failed }
  }

  /// Callbacks that answer with this object, which has to outlive their use.
  var callbacks: git_remote_callbacks {
    var callbacks = git_remote_callbacks()
    git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION))
    callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
    callbacks.credentials = { made, url, user, kinds, context in
      guard let made else { return GIT_EUSER.rawValue }
      return NetworkCall.from(context).credential(&made.pointee, url: url, user: user, kinds: kinds)
    }
    callbacks.certificate_check = { certificate, _, _, context in NetworkCall.from(context).judge(certificate) }
    callbacks.transfer_progress = { progress, context in NetworkCall.from(context).bound(progress) }
    callbacks.sideband_progress = { text, length, context in NetworkCall.from(context).remember(text, length) }
    callbacks.push_negotiation = { updates, count, context in NetworkCall.from(context).compare(updates, count) }
    callbacks.push_update_reference = { name, status, context in NetworkCall.from(context).note(name, status) }
    return callbacks
  }

  /// The options of a connection: our callbacks, no proxy, and no redirect, so that no credential goes elsewhere.
  var connection: git_remote_connect_options {
    var options = git_remote_connect_options()
    git_remote_connect_options_init(&options, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION))
    options.callbacks = callbacks
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
    return options
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> NetworkCall {
    guard let context else { preconditionFailure("libgit2 hands back the payload that it was given") }
    return Unmanaged<NetworkCall>.fromOpaque(context).takeUnretainedValue()
  }

  /// One conversation at a time, and what libgit2 trusts, which changes only in turn.
  private static let turn = Mutex(Authorities())

  private func check() throws(GitError) {
    switch url.scheme {
    case .ssh where getenv("HOME").map { $0.pointee == 0 } ?? true:
      throw GitError(step: step, reason: .invalid, detail: "HOME is not set, and ssh looks there for known_hosts; set it")
    case .path where !isFolder(url.path), .file where !isFolder(url.path):
      throw GitError(step: step, reason: .notFound, detail: "there is no repository at \(url.path)")
    // What is wrong with it has better words than a failed conversation; and it may be somebody else's.
    case .path, .file: _ = try Repository(at: url.path)
    case .other: throw GitError(step: step, reason: .unsupported, detail: "https, http, ssh, git and file URLs and paths can be reached")
    default: return
    }
  }

  /// Passes a failpoint in a callback: what to return to libgit2.
  private func passed(_ point: Failpoint) -> Int32 {
    do throws(GitError) { try pass(point) } catch {
      failure = error
      return GIT_EUSER.rawValue
    }
    return 0
  }

  private func fail(_ reason: GitError.Reason, _ detail: String) -> Int32 {
    failure = GitError(step: step, reason: reason, detail: detail)
    return GIT_EUSER.rawValue
  }
}

// What libgit2 asks for on the way.
extension NetworkCall {
  /// The next credential that fits and was not tried yet: libgit2 asks again, for ever, as long as the server refuses.
  private func credential(
    _ made: inout UnsafeMutablePointer<git_credential>?, url: UnsafePointer<CChar>?, user: UnsafePointer<CChar>?, kinds: UInt32
  ) -> Int32 {
    guard let url, RemoteURL(String(cString: url)).origin == self.url.origin else {
      return fail(.auth, "another server asked for a credential")
    }
    let user = user.map { String(cString: $0) } ?? "git"
    if kinds & GIT_CREDENTIAL_USERNAME.rawValue != 0 { return git_credential_username_new(&made, user) }
    while !untried.isEmpty {
      switch untried.removeFirst() {
      case .agent where kinds & GIT_CREDENTIAL_SSH_KEY.rawValue != 0: return git_credential_ssh_key_from_agent(&made, user)
      case .key(let file, let passphrase) where kinds & GIT_CREDENTIAL_SSH_KEY.rawValue != 0:
        return git_credential_ssh_key_new(&made, user, nil, file, passphrase?.reveal())
      case .password(let user, let password, let origin)
      where kinds & GIT_CREDENTIAL_USERPASS_PLAINTEXT.rawValue != 0 && RemoteURL(origin).origin == self.url.origin:
        return git_credential_userpass_plaintext_new(&made, user, password.reveal())
      default: continue
      }
    }
    return fail(
      .auth, access.credentials.isEmpty ? "it wants a credential, and there is none" : "it refused every credential that is meant for it")
  }

  /// A host key is looked up here; for a certificate libgit2's own verdict stands.
  private func judge(_ certificate: UnsafeMutablePointer<git_cert>?) -> Int32 {
    guard let certificate, certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else { return GIT_PASSTHROUGH.rawValue }
    return certificate.withMemoryRebound(to: git_cert_hostkey.self, capacity: 1) { hostKey in
      guard let bytes = hostKey.pointee.hostkey else { return fail(.hostKey, "it presented no key") }
      let key = UnsafeRawBufferPointer(start: bytes, count: hostKey.pointee.hostkey_len).map { $0 }
      let fingerprint = "SHA256:" + Base64.encode(withUnsafeBytes(of: hostKey.pointee.hash_sha256) { Array($0) }, padded: false)
      return judge(key: key, fingerprint: fingerprint)
    }
  }

  private var knownHosts: KnownHosts { KnownHosts(files: access.knownHosts.compactMap { path in contents(of: path).map { (path, $0) } }) }

  private var preference: HostKeyPreference? {
    url.scheme == .ssh ? HostKeyPreference(knownHosts, host: url.host, port: url.port ?? 22) : nil
  }

  private func judge(key: [UInt8], fingerprint: String) -> Int32 {
    if access.hostKeyFingerprints.contains(fingerprint) { return 0 }
    let known = knownHosts
    let name = KnownHosts.name(host: url.host, port: url.port ?? 22)
    let presented = "its \(KnownHosts.type(of: key)) key \(fingerprint)"
    switch known.verdict(host: url.host, port: url.port ?? 22, key: key) {
    case .known: return 0
    case .changed(let place):
      return fail(
        .hostKey, "\(presented) is not the one at \(place): it changed, or somebody is in between; ask its operator, then remove that line")
    case .otherType(let types, let place):
      // Its rsa keys could only be asked for with SHA-1; see `HostKeyPreference`.
      let rsa = types.allSatisfy { $0 == "ssh-rsa" } ? ", and rsa keys are not asked for here" : ""
      return fail(
        .hostKey,
        "\(presented) is of another kind than those at \(place) (\(types.joined(separator: ", ")))\(rsa); ask its operator, then add it for \(name)"
      )
    case .revoked(let place): return fail(.hostKey, "\(presented) is revoked at \(place)")
    case .unknown:
      let files = access.knownHosts.isEmpty ? "no known_hosts file" : access.knownHosts.joined(separator: ", ")
      return fail(.hostKey, "\(presented) is unknown: \(files) has no line for \(name); ask its operator, then add it")
    }
  }

  private func bound(_ progress: UnsafePointer<git_indexer_progress>?) -> Int32 {
    guard let progress = progress?.pointee else { return 0 }
    if progress.received_bytes > 0 { hasPack.raise() }
    if progress.received_bytes > access.largestPack { return fail(.tooLarge, "it sent more than \(access.largestPack) bytes") }
    if Int(progress.total_objects) > Library.largestPack { return fail(.tooLarge, "it wants to send \(progress.total_objects) objects") }
    return 0
  }

  private func remember(_ text: UnsafePointer<CChar>?, _ length: Int32) -> Int32 {
    let room = max(0, 1024 - remarks.count)
    remarks += UnsafeRawBufferPointer(start: text, count: Int(length)).prefix(room)
    return negotiated == nil ? 0 : passed(.pushSent)  // It talks of an update that it has in full.
  }

  /// The server's branches as they are just before the update goes out. What differs from our expectation is not sent.
  private func compare(_ updates: UnsafeMutablePointer<UnsafePointer<git_push_update>?>?, _ count: Int) -> Int32 {
    let status = passed(.pushConnected)
    guard status == 0 else { return status }
    var seen: [String: ObjectID] = [:]
    for update in UnsafeBufferPointer(start: updates, count: count).compactMap({ $0?.pointee }) {
      if let name = update.dst_refname { seen[String(cString: name)] = ObjectID(update.src) }
    }
    negotiated = seen
    return expected.allSatisfy { seen[$0.key] == $0.value } ? 0 : fail(.notFastForward, "the branch moved meanwhile")
  }

  private func note(_ name: UnsafePointer<CChar>?, _ status: UnsafePointer<CChar>?) -> Int32 {
    guard let name else { return 0 }
    let passing = passed(.pushAnswered)
    guard passing == 0 else { return passing }
    statuses[String(cString: name)] = .some(status.map { String(cString: $0) })
    return 0
  }
}

/// Something that one thread says once and another one asks for.
private final class Flag: Sendable {
  private let state = Atomic(false)

  var isRaised: Bool { state.load(ordering: .relaxed) }
  func raise() { state.store(true, ordering: .relaxed) }
}
