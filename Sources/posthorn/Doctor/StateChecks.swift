import Engine
import Glibc
import Platforms
import Schedule
import StateDirectory

/// The state directory and the credentials in it; nothing is made, and nothing that a daemon uses is touched.
enum StateChecks {
  /// - Parameter said: what was found already.
  static func run(_ options: ResolvedOptions, _ location: Location, butNot said: [Finding]) -> [Finding] {
    let path: String
    do { path = try StateLocation.path(options.state, for: location, folder: options.folder) } catch {
      return [.fail("state", error.description, "name the state directory with --state")]
    }
    guard FileBytes.exists(path) else { return missing(path) }
    do {
      let folder = try Folder(at: path)
      return [.ok("state", path), space(path), lock(path)] + (try rewritten(folder)) + credentials(folder) + (try records(folder))
        + (try doubles(folder)).filter { double in !said.contains { $0.text == double.text } }
    } catch {
      return [.fail("state", "\(error)", "choose another folder with --state")]
    }
  }

  /// It is made at the first start: can it be?
  private static func missing(_ path: String) -> [Finding] {
    var parent = path
    while !FileBytes.exists(parent), let slash = parent.lastIndex(of: "/"), slash != parent.startIndex { parent = String(parent[..<slash]) }
    guard access(parent, W_OK | X_OK) == 0 else {
      return [.fail("state", "\(path) cannot be made: \(parent) is not writable for this user", "choose another folder with --state")]
    }
    return [.ok("state", "\(path), which the first start makes"), space(parent)]
  }

  private static func space(_ path: String) -> Finding {
    var facts = statvfs()
    guard statvfs(path, &facts) == 0 else { return .warn("space", "unknown: \(String(cString: strerror(errno)))", "df \(path)") }
    let megabytes = (Int(facts.f_bavail) * Int(facts.f_frsize)) >> 20
    // Twice what the journal keeps in reserve.
    return megabytes >= 64
      ? .ok("space", "\(megabytes) MiB free") : .fail("space", "\(megabytes) MiB free; 64 are wanted", "make room: df \(path)")
  }

  /// Asked with a shared lock that is given back at once: it does not disturb a daemon.
  private static func lock(_ path: String) -> Finding {
    let file = "\(path)/lock"
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return .ok("daemon", "none runs here") }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return .ok("daemon", "none runs here") }
    let holder = (try? FileBytes.read(descriptor, named: file, atMost: 4096)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return .ok("daemon", "runs: \(holder.split(separator: "\n").joined(separator: ", "))")
  }

  /// A branch that nothing is adopted from, as upstream was when a daemon or a pass looked last.
  private static func rewritten(_ state: Folder) throws(StateError) -> [Finding] {
    try RewrittenBranch(of: state).map { [.fail("branch", $0.text, $0.remedy)] } ?? []
  }

  private static func credentials(_ state: Folder) -> [Finding] {
    guard let folder = try? state.exists("credentials") ? state.folder("credentials") : nil, let names = try? folder.list() else {
      return []
    }
    return names.filter { $0.hasSuffix(".json") }.map { name in
      let path = folder.path(of: name)
      var facts = stat()
      guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
        return .fail("credential", "\(path) is no file", "posthorn account login \(name.dropLast(5))")
      }
      guard facts.st_mode & 0o077 == 0 else { return .fail("credential", "others can read \(path)", "chmod 600 \(path)") }
      guard facts.st_uid == geteuid() else {
        return .fail("credential", "\(path) belongs to another user", "posthorn account login \(name.dropLast(5))")
      }
      return life(String(name.dropLast(5)), in: folder)
    }
  }

  /// Records that nobody vouches for.
  private static func records(_ state: Folder) throws(StateError) -> [Finding] {
    try DoubtfulRecord.all(in: state).map { record in
      record.isForged
        ? .fail("record", "\(record.path) is forged: it says that it is of this state directory, and changes nothing", "posthorn audit")
        : .fail(
          "record", "nobody vouches for \(record.path), so \(record.id) is held",
          "posthorn resolve \(record.id.post) \(record.id.account) --published, or posthorn retry \(record.id.post) \(record.id.account)")
    }
  }

  /// What two daemons have recorded.
  private static func doubles(_ state: Folder) throws(StateError) -> [Finding] {
    try DoubleMemory(of: state).all.map(Finding.init(double:))
  }

  /// A login that a person has to renew is told before it ends.
  private static func life(_ account: String, in folder: Folder) -> Finding {
    let login = "posthorn account login \(account)"
    let credentials = Credentials(folder: folder.path, replace: { try folder.replace($0, with: $1) })
    let kept: Credential?
    do throws(DeliveryError) {
      kept = try AccountName(account).flatMap { name throws(DeliveryError) in try credentials.kept(of: name) }
    } catch {
      return .fail("credential", error.message, login)
    }
    guard let kept, kept["access_token"] != nil || kept["refresh_token"] != nil else { return .ok("credential", "of account \(account)") }
    let (tiktok, now) = (TikTokCredential(kept), Instant.now)
    if tiktok.hasEnded(now) { return .fail("credential", "of account \(account) has ended", login) }
    if tiktok.endsSoon(now), let end = tiktok.refreshExpiresAt {
      return .warn("credential", "of account \(account) ends \(end.relative(to: now))", login)
    }
    return .ok("credential", "of account \(account)")
  }
}

extension Finding {
  init(double: DoubleRecord) {
    self = .fail(
      "double",
      "attempt \(double.attempt.number) of \(double.id) was \(double.sides.kept), and \(double.sides.dropped): it may have gone out "
        + "twice", "look at the account, then: \(double.command)")
  }
}
