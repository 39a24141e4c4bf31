import ArgumentParser
import Platforms
import Schedule

/// `posthorn schema NAME`
struct SchemaCommand: ParsableCommand {
  private static let names = JSONSchemas.allCases.map(\.rawValue).joined(separator: ", ")
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of a format, for editors and other programs.",
    discussion: "Formats: \(names). In an editor with a YAML language server, put this at the top of a post:\n"
      + "# yaml-language-server: $schema=post.schema.json")

  @Argument(help: "The format: \(names).")
  var name: String

  func run() throws {
    guard let schema = JSONSchemas(rawValue: name) else {
      let question = Spelling.nearest(to: name, among: JSONSchemas.allCases.map(\.rawValue)).map { "; did you mean \"\($0)\"?" } ?? ""
      throw Failure.usage("no format is called \"\(name)\"\(question) (formats are \(Self.names))")
    }
    Output.standard.write(schema.schema(platforms: Shipped.schemas).text())
  }
}
