import ArgumentParser
import Engine
import Git
import Schedule

/// `posthorn why POST`
struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Tell the whole story of one post, from git alone.",
    discussion: """
      Which commits asked for it, who wrote and who merged them, each attempt and how it ended, where it is live, what holds it now, and \
      the command that moves it on.
      """)

  @OptionGroup var common: CommonOptions
  @Argument(help: "The id of the post.")
  var post: String

  func run() throws {
    let options = try common.resolved()
    let zones = try Zones.host()
    let now = Instant.now
    let view = try RepositoryView(options)
    options.console.note(view.summary)
    let content = try ContentState(at: view.commit.hex, in: view.path, folder: options.folder, zones: zones)
    let all = try StatusCommand.standings(view, content, options, now)
    guard let standing = try StatusCommand.standings(all, of: post).first else { return }
    let attempts = try attempts(of: standing, view, options)
    let story = PostStory(
      standing: standing, steps: try steps(of: standing, view, options, zones), attempts: attempts,
      doubles: try StatusCommand.doubles(view, content, options).filter { $0.id.post == standing.status.post },
      drifted: PostDrift.accounts(of: standing, attempts, in: content.side), now: now)
    switch options.format {
    case .json: options.console.result(story.json.text())
    case .text:
      let width = min(max(Output.standard.width, 40), 120)
      let text = WhyText(story: story, time: LocalTime(zones: zones), width: width, color: options.console.color(on: .standard))
      options.console.result(text.text)
    }
  }

  private func steps(
    of standing: PostStanding, _ view: RepositoryView, _ options: ResolvedOptions, _ zones: Zones
  ) throws(Failure) -> [PostTrail.Step] {
    do {
      var trail = try PostTrail(in: view.path, folder: options.folder, zones: zones)
      let steps = try trail.steps(of: standing.status.post, at: standing.status.path, tip: view.commit)
      if !trail.ends.isEmpty {
        options.console.note("this clone is shallow, and so is the story: what came before is not here (get it: git fetch --unshallow)")
      }
      return steps
    } catch {
      throw .couldNot("\(error)")
    }
  }

  /// The oldest first.
  private func attempts(
    of standing: PostStanding, _ view: RepositoryView, _ options: ResolvedOptions
  ) throws(Failure) -> [HistoryRecord] {
    guard let commit = try view.records(folder: options.folder) else { return [] }
    let found = try RecordFolder(at: commit, in: view.path, folder: options.folder, complain: options.console.note)
      .history(of: standing.status.post, limit: .max)
    return found.sorted { ($0.account, $0.attempt) < ($1.account, $1.attempt) }
  }
}
