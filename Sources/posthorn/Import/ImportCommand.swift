import ArgumentParser

/// `posthorn import …`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Write posts from a spreadsheet, or from a repository of twitter-together.",
    subcommands: [ImportCSV.self, ImportTweets.self])
}

/// What every import has.
struct ImportOptions: ParsableArguments {
  @Flag(help: "Check everything and show what would be written, and write nothing.")
  var dryRun = false
  @Flag(help: "Leave out what has errors, and write the rest; otherwise one error is enough to write nothing.")
  var skip = false
  @Option(help: ArgumentHelp("An account for posts that name none; may be given several times.", valueName: "name"))
  var account: [String] = []
  @Option(help: ArgumentHelp("The IANA zone of posts that name none. (default: the account's, or the settings')", valueName: "zone"))
  var timezone: String?
}
