import Git
import Glibc
import HTTP
import Schedule

/// What the host itself has: libraries, zone data, a clock.
enum HostChecks {
  static func libraries() -> [Finding] {
    let version = "\(Git.Library.version)\(Git.Library.hasSSH ? " with ssh" : "")"
    return [
      .ok("posthorn", Posthorn.version),
      Git.Library.hasSSH
        ? .ok("libgit2", version)
        : .warn("libgit2", "\(version), without ssh", "for ssh remotes install a libgit2 that was built with libssh2"),
      libcurl(),
    ]
  }

  private static func libcurl() -> Finding {
    do throws(MissingLibrary) { try HTTP.Library.look() } catch {
      return .fail("libcurl", "it cannot be loaded: \(error.detail)", "apt-get install libcurl4")
    }
    return .ok("libcurl", "there for what sends")
  }

  static func zones() -> [Finding] {
    do {
      let zones = try Zones.host()
      guard zones.zone("UTC") != nil else {
        return [.fail("tzdata", "version \(zones.version), and its UTC cannot be read", "apt-get install --reinstall tzdata")]
      }
      return [.ok("tzdata", "version \(zones.version), \(zones.names.count) zones; this host is in \(zones.ofHost)")]
    } catch {
      return [.fail("tzdata", error.description, "apt-get install tzdata")]
    }
  }

  /// Only what can be known without asking anybody: a clock before the program was written is wrong.
  static func clock(comparedWith source: Endpoint?) -> [Finding] {
    let now = Instant.now
    guard now > Instant(seconds: 1_767_225_600) else {  // 2026-01-01
      return [.fail("clock", "it is \(now), which is long past", "set the clock, and keep it right: timedatectl set-ntp true")]
    }
    return [.ok("clock", "\(now)" + (source.map { "; it is compared with that of \($0.origin)" } ?? ""))]
  }
}
