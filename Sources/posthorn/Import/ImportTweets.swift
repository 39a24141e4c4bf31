import ArgumentParser
import Glibc
import Schedule

/// `posthorn import twitter-together PATH…`
struct ImportTweets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "twitter-together", abstract: "Write a post for each .tweet file that twitter-together has not sent yet.",
    discussion: """
      Name those that are to go out: twitter-together keeps its files after sending them, and nothing in them says so. A file's name becomes \
      the post's id, its schedule the time; files without one go out from --time on, --every so often, in the order of their paths. Media are \
      files of media/ as there, so copy that folder into the content folder first. Threads, polls, replies and retweets are refused.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var choice: ImportOptions
  @Option(help: ArgumentHelp("When the first file without a schedule goes out.", valueName: "time"))
  var time: String?
  @Option(help: ArgumentHelp("How far apart such files are: 1d, 6h. (default: 1d)", valueName: "duration"))
  var every: String?
  @Argument(help: "Files, and folders of files.")
  var path: [String]

  func validate() throws {
    if choice.account.isEmpty { throw ValidationError("--account is missing: name the account that the posts go to") }
    if every != nil, time == nil { throw ValidationError("--every needs --time, which says when the first one goes out") }
  }

  func run() throws {
    let options = try common.resolved()
    let run = try ImportRun(options, choice)
    var tweets = TweetImport(
      defaults: ImportDefaults(accounts: choice.account, timezone: choice.timezone), zone: try zone(run.catalog), times: try times())
    var files: [String: [UInt8]] = [:]
    for file in try Self.files(path) {
      do { files[file] = try FileBytes.read(file, atMost: 1 << 20) } catch { throw Failure.couldNot("\(error)") }
      tweets.add(files[file] ?? [], named: file)
    }
    try run.run(tweets.reading) { files[$0] }
  }

  /// The zone that every account of the posts agrees on.
  private func zone(_ catalog: Catalog) throws(Failure) -> Zone? {
    if let timezone = choice.timezone {
      guard let zone = catalog.zones.zone(timezone) else {
        let advice = catalog.zones.advice(on: timezone)
        throw .usage("--timezone \"\(timezone)\" is no zone\(advice.question) (\(advice.hint))")
      }
      return zone
    }
    let names = Set(choice.account.map { AccountName($0).flatMap(catalog.account)?.timezone ?? catalog.settings.timezone })
    return names.count == 1 ? names.first.flatMap { $0 }.flatMap(catalog.zones.zone) : nil
  }

  private func times() throws(Failure) -> TweetImport.Times? {
    guard let time else { return nil }
    let apart = try Duration.option("--every", every) ?? .seconds(86_400)
    let written: (clock: WallClock, offset: Offset?)
    do { written = try WallClock.parse(time) } catch { throw .usage("--time \(error)") }
    guard written.offset == nil else { throw .usage("--time \(time) has an offset; write the time on the clock of the zone") }
    return TweetImport.Times(first: written.clock, apart: apart)
  }

  /// The files named, and those below the folders named, by path.
  private static func files(_ paths: [String]) throws(Failure) -> [String] {
    var found: Set<String> = []
    for path in paths {
      var facts = stat()
      guard stat(path, &facts) == 0 else { throw .couldNot("there is no file or folder \(path); name .tweet files, or a folder of them") }
      guard facts.st_mode & S_IFMT == S_IFDIR else {
        found.insert(path)
        continue
      }
      found.formUnion(try FolderWalk.files(below: path).filter { $0.hasSuffix(".tweet") })
    }
    guard !found.isEmpty else { throw .couldNot("there is no .tweet file in \(paths.joined(separator: ", "))") }
    return found.sorted()
  }
}
