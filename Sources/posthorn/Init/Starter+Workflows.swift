import Git
import Schedule

extension Starter {
  /// For GitHub and Forgejo, whose interfaces for comments are the same.
  ///
  /// - Parameters:
  ///   - runner: the label of the machines that run it.
  ///   - author: whose name a workflow's own comments carry there; a comment of anybody else is never taken for ours.
  ///   - path: its own.
  func workflow(runner: String, author: String, path: String) -> String {
    """
    # Checks the posts of each push and pull request, and shows in one comment what merging would publish. What posthorn itself records is
    # no reason to run\(source.map { ".\n# It builds posthorn from \($0), or from what the variable POSTHORN_SOURCE names." }
      ?? ", and until the variable POSTHORN_SOURCE is set, it is skipped.")
    name: posthorn
    on:
      push:
        paths: \(paths(and: path))
      pull_request:
        paths: \(paths(and: path))
    permissions:
      contents: read
      pull-requests: write
      issues: write
    jobs:
      posthorn:
    \(source == nil ? "    if: vars.POSTHORN_SOURCE != ''\n" : "")    runs-on: \(runner)
        container: swift:6.2-bookworm
        steps:
    \(Self.comment(Self.honesty, indent: 6))
          - name: Version
            id: version
            env:
              SOURCE: ${{ \(sourceExpression) }}
            run: echo "commit=$(git ls-remote "$SOURCE" HEAD | cut -f1)" >> "$GITHUB_OUTPUT"
          - uses: actions/cache@v4
            with:
              path: /opt/built
              key: posthorn-${{ runner.os }}-${{ runner.arch }}-${{ steps.version.outputs.commit }}
          - name: Install posthorn
            env:
              SOURCE: ${{ \(sourceExpression) }}
              BUILT: /opt/built
            run: |
    \(Self.indented(Self.installation, by: 10))
          - uses: actions/checkout@v4
            with:
              fetch-depth: 0
          - name: Validate
            run: |
              git config --global --add safe.directory "$PWD"
              posthorn validate\(option)
          - name: Plan
            if: github.event_name == 'pull_request' && !cancelled()
            run: |
              posthorn plan "origin/$GITHUB_BASE_REF..HEAD"\(option) --format markdown > /tmp/plan.md
              cat /tmp/plan.md >> "$GITHUB_STEP_SUMMARY"
          # A fork's token may not write comments: its plan stands in the summary of the run.
          - name: Comment
            if: github.event_name == 'pull_request' && !cancelled() && github.event.pull_request.head.repo.full_name == github.repository
            env:
              TOKEN: ${{ github.token }}
              PULL: ${{ github.event.pull_request.number }}
              AUTHOR: "\(author)"
            run: |
    \(Self.indented(Self.commentScript, by: 10))

    """
  }

  /// What stands in `.gitlab-ci.yml`, or is to be added to it.
  var gitLabJobs: String {
    """
    # Checks the posts of each push. What posthorn itself records is no reason to run\(source == nil
      ? ", and until the variable POSTHORN_SOURCE is set, it is\n# left out." : ".")
    posthorn:
      image: swift:6.2-bookworm
      variables:
        GIT_DEPTH: 0
    \(source.map { "    # Where posthorn comes from; a variable in the settings of CI has precedence.\n    POSTHORN_SOURCE: \"\($0)\"\n" } ?? "")\
      cache:
        key: posthorn
        paths: [.posthorn/]
      rules:
    \(skipped)\
        - changes: \(changes)
      before_script:
    \(Self.comment(Self.honesty, indent: 4))
        - |
          SOURCE=$POSTHORN_SOURCE
          BUILT=$CI_PROJECT_DIR/.posthorn/$(git ls-remote "$SOURCE" HEAD | cut -f1)
    \(Self.indented(Self.installation, by: 6))
      script:
        - \(Self.item("posthorn validate\(option)"))

    # Shows in one comment on a merge request what merging would publish. PLAN_TOKEN is a project access token with the scope api,
    # masked, in the settings of CI; without it the plan stands in the job's log alone.
    posthorn plan:
      extends: posthorn
      rules:
    \(skipped)\
        - if: $CI_PIPELINE_SOURCE == "merge_request_event"
          changes: \(changes)
      script:
        - \(Self.item("posthorn validate\(option)"))
        - \(Self.item("posthorn plan \"$CI_MERGE_REQUEST_DIFF_BASE_SHA..HEAD\"\(option) --format markdown > /tmp/plan.md"))
        - cat /tmp/plan.md
        - |
          test -n "$PLAN_TOKEN" || exit 0
    \(Self.indented(Self.noteScript, by: 6))

    """
  }

  /// The address that the file has, where the forge has no other.
  private var sourceExpression: String { "vars.POSTHORN_SOURCE" + (source.map { " || '\($0)'" } ?? "") }

  /// GitLab's rule for jobs that nobody has told where posthorn comes from.
  private var skipped: String { source == nil ? "    - if: $POSTHORN_SOURCE == null\n      when: never\n" : "" }

  private var option: String { folder == "schedule" ? "" : " --folder \(folder.quotedForShell)" }

  /// What a workflow runs for: the schedule, and the workflow itself.
  private func paths(and workflow: String) -> String {
    JSON.array(["\(folder)/**", "!\(folder)/history/**", "!\(folder)/status/**", workflow].map(JSON.string)).compactText()
  }

  /// The same for GitLab, which has no exceptions.
  private var changes: String {
    JSON.array(["posthorn.yaml", "accounts/**/*", "posts/**/*", "media/**/*"].map { .string("\(folder)/\($0)") }).compactText()
  }

  /// A line of a script as a YAML list has it: a folder's name may have what YAML takes for its own.
  private static func item(_ command: String) -> String { command.contains("'") ? JSON.string(command).compactText() : command }

  private static let packages = "git curl jq pkg-config tzdata libgit2-dev libyaml-dev libcurl4-openssl-dev libdeflate-dev zlib1g-dev"

  /// What was built once is kept in `BUILT`.
  private static let installation = """
    apt-get update && apt-get install -y nodejs \(packages)
    if [ ! -x "$BUILT/posthorn" ]; then
      git clone --depth 1 "$SOURCE" /opt/posthorn
      swift build -c release --product posthorn --package-path /opt/posthorn
      install -D /opt/posthorn/.build/release/posthorn "$BUILT/posthorn"
    fi
    install "$BUILT/posthorn" /usr/local/bin/
    """

  /// Said where it is used: there is nothing to download yet.
  private static let honesty = """
    There is no package of posthorn yet, so this builds it, which takes some minutes the first time and is kept then. The variable
    POSTHORN_SOURCE is the URL of the repository that you got it from. With an image of your own that has posthorn, name that and drop the installation.
    """

  /// The comment that an earlier run wrote is edited; otherwise there is a new one. Needs TOKEN, PULL and AUTHOR.
  private static let commentScript = """
    set -eu
    api() { curl -sS --fail-with-body -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" "$@"; }
    issues=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues
    \(search(list: "$issues/$PULL/comments", author: ".user.login == $author"))
    jq -n --rawfile body /tmp/plan.md '{body: $body}' > /tmp/comment.json
    if [ -n "$id" ]; then
      api -X PATCH "$issues/comments/$id" -d @/tmp/comment.json > /dev/null
    else
      api "$issues/$PULL/comments" -d @/tmp/comment.json > /dev/null
    fi
    """

  /// The same for GitLab, whose comments are notes. Needs PLAN_TOKEN.
  private static let noteScript = """
    api() { curl -sS --fail-with-body -H "PRIVATE-TOKEN: $PLAN_TOKEN" -H "Content-Type: application/json" "$@"; }
    notes=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes
    AUTHOR=$(api "$CI_API_V4_URL/user" | jq -r .username)
    \(search(list: "$notes", author: ".author.username == $author"))
    jq -n --rawfile body /tmp/plan.md '{body: $body}' > /tmp/comment.json
    if [ -n "$id" ]; then
      api -X PUT "$notes/$id" -d @/tmp/comment.json > /dev/null
    else
      api "$notes" -d @/tmp/comment.json > /dev/null
    fi
    """

  /// Sets `id` to that of the first comment of our own with the mark; to nothing where there is none.
  private static func search(list: String, author: String) -> String {
    """
    page=1 id=
    while [ -z "$id" ]; do
      api "\(list)?per_page=100&limit=100&page=$page" > /tmp/comments.json
      [ "$(jq length /tmp/comments.json)" -gt 0 ] || break
      id=$(jq -r --arg author "$AUTHOR" \\
        'map(select(\(author) and (.body | startswith("\(PlanComment.mark)"))) | .id) | first // empty' /tmp/comments.json)
      page=$((page + 1))
    done
    """
  }

  private static func comment(_ text: String, indent: Int) -> String {
    indented(text.split(separator: "\n").map { "# \($0)" }.joined(separator: "\n"), by: indent)
  }

  private static func indented(_ text: String, by spaces: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { String(repeating: " ", count: spaces) + $0 }.joined(separator: "\n")
  }
}
