import ArgumentParser
import Platforms
import Schedule

/// `posthorn schema NAME`
struct SchemaCommand: ParsableCommand {
  private static let names = JSONSchemas.allCases.map(\.rawValue).joined(separator: ", ")
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of a format, for editors and other programs.",
    discussion: """
      Formats: \(names). In an editor with a YAML language server, a post names its schema in its first line, as init and new write it: \
      # yaml-language-server: $schema=../../../schemas/post.json
      """)

  @OptionGroup var common: CommonOptions
  @Argument(help: "The format: \(names).")
  var name: String

  @Flag(help: "List the time zones of this host, so that the editor offers them.")
  var zones = false
  @Flag(help: "List the accounts of the work tree, so that the editor offers them and knows their options.")
  var accounts = false

  func run() throws {
    guard let schema = JSONSchemas(rawValue: name) else {
      let question = Spelling.nearest(to: name, among: JSONSchemas.allCases.map(\.rawValue)).map { "; did you mean \"\($0)\"?" } ?? ""
      throw Failure.usage("no format is called \"\(name)\"\(question) (formats are \(Self.names))")
    }
    let zones = try Zones.host()
    let known = accounts ? try Self.accounts(try common.resolved(), zones) : [:]
    Output.standard.write(schema.schema(platforms: Shipped.schemas, zones: self.zones ? zones.names : [], accounts: known).text())
  }

  private static func accounts(_ options: ResolvedOptions, _ zones: Zones) throws(Failure) -> [AccountName: String?] {
    let tree = try WorkTree(at: options.repo, folder: options.folder)
    let host = ValidationHost(zones: zones, platforms: Shipped.schemas, now: .now, cores: 1)
    var ignored: [Diagnostic] = []
    let catalog = try Validation.catalog(try tree.listing(), in: tree.files(isNew: { _, _ in false }), host, &ignored)
    return catalog.accounts.keys.reduce(into: [:]) { $0[$1] = .some(catalog.account($1)?.platform) }
  }
}
