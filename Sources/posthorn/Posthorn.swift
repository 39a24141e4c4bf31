import ArgumentParser

@main
struct Posthorn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "posthorn", abstract: "Schedules social posts from a git repository.", version: "0.1.0")
}
