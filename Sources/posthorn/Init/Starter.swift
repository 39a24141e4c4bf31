import ArgumentParser
import Git
import Platforms
import Schedule

/// The files that `init` writes.
struct Starter {
  let folder: String
  /// An IANA name.
  let zone: String
  /// The day of the example post: `2026-11-27`.
  let day: String
  /// Where the repository is; `nil` where nobody can tell, and it gets the workflows of all of them.
  var forge: Forge?
  /// Where the workflows get posthorn from, if somebody has said so; otherwise a variable of the forge says it.
  var source: String?

  /// What runs workflows.
  enum Forge: String, CaseIterable, ExpressibleByArgument {
    case github, gitlab, forgejo

    /// By the name of the host in the address of a remote.
    init?(remote: RemoteURL) {
      let host = remote.host.lowercased()
      let names: [(String, Forge)] = [
        ("github", .github), ("gitlab", .gitlab), ("forgejo", .forgejo), ("gitea", .forgejo), ("codeberg", .forgejo),
      ]
      guard let found = names.first(where: { host.contains($0.0) }) else { return nil }
      self = found.1
    }
  }

  struct NewText {
    var path: String
    var text: String
    /// It is made from this version of Posthorn and nobody's work: another version's is replaced.
    var isGenerated = false
  }

  static let gitLab = ".gitlab-ci.yml"

  var all: [NewText] {
    let month = day.prefix(7).replacing("-", with: "/")
    return [
      NewText(path: "\(folder)/posthorn.yaml", text: settings), NewText(path: "\(folder)/accounts/outbox.yaml", text: account),
      NewText(path: "\(folder)/posts/\(month)/welcome.yaml", text: post), NewText(path: "\(folder)/media/.gitkeep", text: ""),
      schema(.post), schema(.account), schema(.settings),
    ] + (forge.map { [$0] } ?? Forge.allCases).map(workflow)
  }

  private func workflow(_ forge: Forge) -> NewText {
    let path = forge == .gitlab ? Self.gitLab : ".\(forge.rawValue)/workflows/posthorn.yml"
    return switch forge {
    case .github: NewText(path: path, text: workflow(runner: "ubuntu-24.04", author: "github-actions[bot]", path: path))
    case .forgejo: NewText(path: path, text: workflow(runner: "docker", author: "forgejo-actions", path: path))
    case .gitlab: NewText(path: path, text: gitLabJobs)
    }
  }

  /// For editors: what a file names in its first line.
  private func schema(_ format: JSONSchemas) -> NewText {
    NewText(
      path: "\(folder)/\(SchemaLine.file(format))", text: format.schema(platforms: Shipped.schemas).text(), isGenerated: true)
  }

  private var settings: String {
    """
    \(SchemaLine.text(.settings, of: "posthorn.yaml"))
    # Settings of the schedule; every key may be left out.
    timezone: \(zone)        # of posts and accounts that name none
    grace: 1h                # how late a post may still go out; later it is missed
    retry:
      delays: [5m, 15m, 30m] # the waits after a failure; the one after the last is final
    # record:
    #   branch: posthorn     # where history and status go, if this branch is protected

    """
  }

  private var account: String {
    """
    \(SchemaLine.text(.account, of: "accounts/outbox.yaml"))
    # An account that needs no service: each post becomes a JSON file in the state directory's outbox/outbox/.
    platform: outbox

    # A webhook is another file here, such as accounts/team-hook.yaml:
    #   platform: webhook
    #   url: https://hooks.example.com/posts
    #   dedupes: true    # only if the receiver drops a repeated webhook-id: a post whose answer was lost is then sent again

    """
  }

  private var post: String {
    """
    \(SchemaLine.text(.post, of: "posts/\(day.prefix(7).replacing("-", with: "/"))/welcome.yaml"))
    scheduled_time: \(day)T09:00   # on the clock of the zone
    timezone: \(zone)
    accounts: [outbox]
    caption: |
      Hello from git.

    """
  }
}
