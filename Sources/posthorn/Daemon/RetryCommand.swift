import ArgumentParser
import Engine
import Schedule

/// `posthorn retry POST [ACCOUNT] [--push]`
struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Arm again what failed, was missed or was cancelled.",
    discussion: """
      What went out, or may have, is never sent again; what is in doubt is settled with: posthorn resolve. Where a post is held because it \
      went out under another name, --again lets it go out once more. Jobs that start with an empty disk hear it with --push alone: it writes \
      a record under the seal of the key that they have, and needs --seal-key for that.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var host: HostFlags
  @Argument(help: "The post's id.") var post: String
  @Argument(help: "Only to this account.") var account: String?
  @Flag(help: "Send what is held because it went out under another name.") var again = false
  @Flag(help: "Say it in the repository, for jobs that keep no state directory, instead of on this host.") var push = false

  func run() async throws {
    let id = try named(post, as: PostID.init, "post")
    let account = try account.map { try named($0, as: AccountName.init, "account") }
    if push {
      guard !again else { throw ValidationError("--again is said to a state directory; for jobs, write repeats: into the post") }
      return try await WordCommand.retry(id, account, common, host)
    }
    try await ControlRequest.retry(id, account, again: again, by: try WordCommand.person(common.resolved())).carryOut(common, host)
  }
}

/// `posthorn resolve POST ACCOUNT --published [URL] [--push] | --not-published [--push] | --seen`
struct ResolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Say how a delivery that is in doubt ended, after looking at the account.",
    discussion: """
      What two daemons have recorded may have gone out twice: --seen ends the alarm, once what is too much was taken back. The history says who \
      said so. Jobs that start with an empty disk hear it with --push alone: it writes a record under the seal of the key that they have, and \
      needs --seal-key for that.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var host: HostFlags
  @Argument(help: "The post's id.") var post: String
  @Argument(help: "The account that it was sent to.") var account: String
  @Argument(help: "Where it can be seen, with --published.") var url: String?
  @Flag(help: "It went out.") var published = false
  @Flag(help: "It did not go out.") var notPublished = false
  @Flag(help: "It was recorded twice, and somebody has looked at the account.") var seen = false
  @Flag(help: "Say it in the repository, for jobs that keep no state directory, instead of on this host.") var push = false

  func validate() throws {
    guard [published, notPublished, seen].count(where: \.self) == 1 else {
      throw ValidationError("say one of --published, --not-published and --seen")
    }
    guard url == nil || published else { throw ValidationError("a URL goes with --published") }
    guard !push || !seen else { throw ValidationError("--seen is pushed in any case; --push goes with --published and --not-published") }
  }

  func run() async throws {
    let id = DeliveryID(post: try named(post, as: PostID.init, "post"), account: try named(account, as: AccountName.init, "account"))
    let person = try WordCommand.person(common.resolved())
    if seen { return try await ControlRequest.seen(id, by: person).carryOut(common, host) }
    guard let word = PersonsWord(published ? "published" : "not-published", url: url) else {
      throw Failure.usage("\"\(url ?? "")\" is not an https address")
    }
    if push { return try await WordCommand.resolve(id, word, common, host) }
    try await ControlRequest.resolve(id, word, by: person).carryOut(common, host)
  }
}

private func named<Name>(_ text: String, as make: (String) -> Name?, _ kind: String) throws(Failure) -> Name {
  guard let name = make(text) else { throw .usage("\"\(text)\" is not the name of \(kind == "account" ? "an account" : "a post")") }
  return name
}
