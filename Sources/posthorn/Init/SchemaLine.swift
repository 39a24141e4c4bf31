import Schedule

/// The first line of a file, from which an editor with a YAML language server knows the file's schema.
///
/// - Source: github.com/redhat-developer/yaml-language-server, *Using inlined schema*.
enum SchemaLine {
  /// Where `init` puts a format's schema, below the content folder.
  static func file(_ format: JSONSchemas) -> String { "schemas/\(format.rawValue).json" }

  /// - Parameter path: of the file that gets the line, below the content folder.
  static func text(_ format: JSONSchemas, of path: String) -> String {
    let up = String(repeating: "../", count: path.utf8.count { $0 == UInt8(ascii: "/") })
    return "# yaml-language-server: $schema=\(up)\(file(format))"
  }
}
