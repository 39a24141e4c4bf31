import Schedule

/// A diagnostic wherever it stands in its file: the same before and after an edit above it.
struct KnownMistake: Hashable {
  var path: String
  var rule: Rule
  var message: String

  init(_ diagnostic: Diagnostic) { (path, rule, message) = (diagnostic.path, diagnostic.rule, diagnostic.message) }
}
