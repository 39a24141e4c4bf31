import Engine
import Git
import HTTP
import Platforms
import Schedule
import StateDirectory

/// The accounts that posts wait for: whether this host could send to each.
enum AccountChecks {
  static func run(_ options: ResolvedOptions, _ access: HostAccess, _ location: Location, _ observed: ObservedPosts) -> [Finding] {
    let (content, standings) = (observed.content, observed.standings)
    var next: [AccountName: Instant] = [:]
    for standing in standings {
      for delivery in standing.status.deliveries where delivery.state.isStillToGo {
        guard let instant = delivery.nextAttemptAt ?? standing.status.scheduledAt else { continue }
        next[delivery.account] = min(instant, next[delivery.account] ?? instant)
      }
    }
    let credentials = credentials(options, location)
    return next.sorted { $0.key < $1.key }.compactMap { name, instant in
      guard let account = content.catalog.account(name) else { return nil }
      return finding(account, due: instant, credentials, access)
    }
  }

  private static func finding(_ account: Account, due: Instant, _ credentials: Credentials?, _ access: HostAccess) -> Finding? {
    let when = "a post is due there \(due.relative(to: .now))"
    if case .text(let url)? = account.parameters["url"], let origin = Origin(url), origin.scheme == .http,
      !access.policy.allowsPrivate(origin)
    {
      return .fail(
        "account", "\(account.name) has plain http in its url, which this host refuses, and \(when)",
        "write https, or, for a private host, allow it: --allow-private-hosts")
    }
    let login = LoginState(account.name, .valid(account, nil), credentials, access.endpoints, now: .now)
    switch login.word {
    case "logged in", "not needed", "ends soon": return nil
    case "needs a login":
      return .fail("account", "\(account.name) has no credential on this host, and \(when)", "posthorn account login \(account.name)")
    default:
      return .fail(
        "account", "the credential of \(account.name) is of no use (\(login.word)), and \(when)", "posthorn account login \(account.name)")
    }
  }

  /// Those of the state directory, which is not made for this.
  private static func credentials(_ options: ResolvedOptions, _ location: Location) -> Credentials? {
    guard let path = try? StateLocation.path(options.state, for: location, folder: options.folder), FileBytes.exists("\(path)/credentials"),
      let state = try? StateLocation.open(path)
    else { return nil }
    return try? EngineHost.credentials(in: state)
  }
}

/// The posts of a repository that was fetched, and where each stands: read once for all that asks.
struct ObservedPosts {
  let content: ContentState
  let standings: [PostStanding]

  /// `nil` for a repository that was not fetched yet, or cannot be read: it has findings of its own.
  init?(_ options: ResolvedOptions) {
    guard let view = try? RepositoryView(options), let zones = try? Zones.host(),
      let content = try? ContentState(at: view.commit.hex, in: view.path, folder: options.folder, zones: zones),
      let standings = try? StatusCommand.standings(view, content, options, .now)
    else { return nil }
    (self.content, self.standings) = (content, standings)
  }
}
