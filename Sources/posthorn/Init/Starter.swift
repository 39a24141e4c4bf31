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
  }

  static let gitLab = ".gitlab-ci.yml"

  var all: [NewText] {
    let month = day.prefix(7).replacing("-", with: "/")
    return [
      NewText(path: "\(folder)/posthorn.yaml", text: settings), NewText(path: "\(folder)/accounts/outbox.yaml", text: account),
      NewText(path: "\(folder)/posts/\(month)/welcome.yaml", text: post), NewText(path: "\(folder)/media/.gitkeep", text: ""),
      schema(.post), schema(.account), schema(.settings),
      NewText(path: ".github/workflows/posthorn.yml", text: workflow(runner: "ubuntu-24.04")),
      NewText(path: ".forgejo/workflows/posthorn.yml", text: workflow(runner: "docker")), NewText(path: Self.gitLab, text: gitLabJob),
    ]
  }

  /// For editors: what a file names in its first line.
  private func schema(_ format: JSONSchemas) -> NewText {
    NewText(path: "\(folder)/\(SchemaLine.file(format))", text: format.schema(platforms: Shipped.schemas).text())
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

  private static let packages = "git pkg-config tzdata libgit2-dev libyaml-dev libcurl4-openssl-dev zlib1g-dev"

  /// Said where it is used: there is nothing to download yet.
  private static let honesty = """
    There is no package of posthorn yet, so this builds it, which takes some minutes. POSTHORN_SOURCE is the URL of the
    repository that you got it from. With an image of your own that has posthorn, name that and drop the installation.
    """

  private func workflow(runner: String) -> String {
    """
    # Checks the posts of each push and pull request.
    name: posthorn
    on:
      push:
      pull_request:
    permissions:
      contents: read
    jobs:
      validate:
        runs-on: \(runner)
        container: swift:6.2-bookworm
        steps:
    \(Self.comment(Self.honesty, indent: 6))
          - name: Install posthorn
            env:
              POSTHORN_SOURCE: ${{ vars.POSTHORN_SOURCE }}
            run: |
              test -n "$POSTHORN_SOURCE" || { echo "set the variable POSTHORN_SOURCE to the URL of posthorn's repository"; exit 3; }
              apt-get update && apt-get install -y nodejs \(Self.packages)
              git clone --depth 1 "$POSTHORN_SOURCE" /opt/posthorn
              cd /opt/posthorn && swift build -c release --product posthorn
              install .build/release/posthorn /usr/local/bin/
          - uses: actions/checkout@v4
            with:
              fetch-depth: 0
          - run: posthorn validate\(folder == "schedule" ? "" : " --folder \(folder)")

    """
  }

  /// What stands in `.gitlab-ci.yml`, or is to be added to it.
  var gitLabJob: String {
    """
    # Checks the posts of each push and merge request.
    posthorn:
      image: swift:6.2-bookworm
      variables:
        GIT_DEPTH: 0
      before_script:
    \(Self.comment(Self.honesty, indent: 4))
        - test -n "$POSTHORN_SOURCE" || { echo "set the variable POSTHORN_SOURCE to the URL of posthorn's repository"; exit 3; }
        - apt-get update && apt-get install -y \(Self.packages)
        - git clone --depth 1 "$POSTHORN_SOURCE" /opt/posthorn
        - swift build -c release --product posthorn --package-path /opt/posthorn
        - install /opt/posthorn/.build/release/posthorn /usr/local/bin/
      script:
        - posthorn validate\(folder == "schedule" ? "" : " --folder \(folder)")

    """
  }

  private static func comment(_ text: String, indent: Int) -> String {
    text.split(separator: "\n").map { String(repeating: " ", count: indent) + "# \($0)" }.joined(separator: "\n")
  }
}
