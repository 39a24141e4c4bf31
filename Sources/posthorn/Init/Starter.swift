import Platforms
import Schedule

/// The files that `init` writes.
struct Starter {
  let folder: String
  /// An IANA name.
  let zone: String
  /// The day of the example post: `2026-11-27`.
  let day: String

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
      NewText(path: ".github/workflows/posthorn.yml", text: workflow(runner: "ubuntu-24.04", author: "github-actions[bot]")),
      NewText(path: ".forgejo/workflows/posthorn.yml", text: workflow(runner: "docker", author: "forgejo-actions")),
      NewText(path: Self.gitLab, text: gitLabJobs),
    ]
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
