import ArgumentParser
import Etcd
import HTTP
import Schedule

/// Flags of a fleet: where the claims are, with `--claims etcd`.
struct FleetFlags: ParsableArguments {
  @Option(help: ArgumentHelp("With --claims etcd: the URLs of its servers, separated by commas.", valueName: "url,…"))
  var etcd: String?
  @Option(
    help: ArgumentHelp(
      "With --claims etcd: what all keys of this fleet begin with; the same for all its daemons, and no other repository's.",
      valueName: "prefix"))
  var etcdPrefix: String?
  @Option(help: ArgumentHelp("With --claims etcd: an owner-only JSON file, {\"user\": …, \"password\": …}.", valueName: "file"))
  var etcdCredential: String?
  @Option(
    help: ArgumentHelp(
      "With --claims etcd: how long a daemon may be silent before others take over; a call may take half of it. (default: 60s)",
      valueName: "duration"))
  var etcdTtl: String?
}

/// The etcd of this host's fleet.
struct FleetAccess {
  var endpoints: [Endpoint]
  var prefix: String
  var login: Cluster.Login?
  var timeToLive: Duration

  /// What flags, variables and the file of `--config` say; `nil` where claims are kept elsewhere. An option that would do nothing is an error.
  static func of(_ flags: FleetFlags, _ host: HostOptions, isChosen: Bool) throws(Failure) -> FleetAccess? {
    let given: [(OptionKey, String?)] = [
      (.etcd, flags.etcd ?? host[.etcd]), (.etcdPrefix, flags.etcdPrefix ?? host[.etcdPrefix]),
      (.etcdCredential, flags.etcdCredential ?? host[.etcdCredential]), (.etcdTtl, flags.etcdTtl ?? host[.etcdTtl]),
    ]
    guard isChosen else {
      guard let (key, _) = given.first(where: { $0.1 != nil }) else { return nil }
      throw .usage("\(flag(key)) does nothing without --claims etcd; add that, or leave it out")
    }
    guard let urls = given[0].1 else {
      throw .usage("--claims etcd needs --etcd with the URLs of its servers, such as https://etcd.example:2379")
    }
    guard let prefix = given[1].1 else {
      throw .usage("--claims etcd needs --etcd-prefix: the same for all daemons of this repository, and no other's, such as posthorn/news")
    }
    return FleetAccess(
      endpoints: try endpoints(urls), prefix: try checked(prefix), login: try given[2].1.map(login), timeToLive: try timeToLive(given[3].1))
  }

  private static func flag(_ key: OptionKey) -> String { "--" + key.rawValue.replacing("_", with: "-") }

  private static func endpoints(_ text: String) throws(Failure) -> [Endpoint] {
    var endpoints: [Endpoint] = []
    for url in text.split(separator: ",", omittingEmptySubsequences: false) {
      do { endpoints.append(try Endpoint(String(url))) } catch { throw .usage("--etcd \"\(url)\" \(error)") }
    }
    return endpoints
  }

  private static func checked(_ prefix: String) throws(Failure) -> String {
    let parts = prefix.split(separator: "/", omittingEmptySubsequences: false)
    let isSound = parts.allSatisfy { part in
      !part.isEmpty
        && part.utf8.allSatisfy {
          (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || "-_.".utf8.contains($0)
        }
    }
    guard isSound, prefix.utf8.count <= 256 else {
      throw .usage("--etcd-prefix \"\(prefix)\" is not made of letters, digits and -_. with single slashes between, such as posthorn/news")
    }
    return prefix
  }

  private static func login(_ path: String) throws(Failure) -> Cluster.Login {
    guard let json = try SecretFile.json(path, "the etcd credential"), let user = json["user"]?.string,
      let password = json["password"]?.string
    else { throw .couldNot("the etcd credential \(path) must be {\"user\": …, \"password\": …}") }
    return Cluster.Login(user: user, password: password)
  }

  private static func timeToLive(_ text: String?) throws(Failure) -> Duration {
    guard let text else { return .seconds(60) }
    let duration: Duration
    do { duration = try Duration.parse(text) } catch { throw .usage("--etcd-ttl \(error)") }
    guard duration >= .seconds(2), duration <= .seconds(3600) else { throw .usage("--etcd-ttl \(text) is not between 2s and 1h") }
    return duration
  }
}
