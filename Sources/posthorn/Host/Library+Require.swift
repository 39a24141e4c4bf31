import HTTP

extension HTTP.Library {
  /// For commands that may send something: says at once what the first publication would find missing.
  static func require() throws(Failure) {
    do throws(MissingLibrary) { try look() } catch { throw .couldNot("\(error)") }
  }
}
