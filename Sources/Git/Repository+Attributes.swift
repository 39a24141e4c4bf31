internal import CGit2

extension Repository {
  /// What `.gitattributes` say of a path from the root, the file in the work tree before the one in the index; `nil` where they name no value.
  /// C function: `git_attr_get`.
  public func attribute(_ name: String, of path: String) throws(GitError) -> String? {
    var value: UnsafePointer<CChar>?
    try check("read the attribute \(name) of \(path)") {
      git_attr_get(&value, raw, UInt32(GIT_ATTR_CHECK_FILE_THEN_INDEX), path, name)
    }
    guard let value, git_attr_value(value) == GIT_ATTR_VALUE_STRING else { return nil }
    return String(cString: value)
  }
}
