/// What is wrong with one record, by whatever it was compared with.
public struct Objection: Equatable, Sendable {
  public var rule: AuditRule
  /// One sentence.
  public var message: String
  public var expected: String?
  public var found: String?

  public init(_ rule: AuditRule, _ message: String, expected: String? = nil, found: String? = nil) {
    (self.rule, self.message, self.expected, self.found) = (rule, message, expected, found)
  }
}

/// Something in a commit that Posthorn never does.
public struct Violation: Equatable, Sendable {
  public var objection: Objection
  /// In hexadecimal.
  public var commit: String
  /// The branch of records that has the commit, where that of the posts has not.
  public var branch: String?
  /// From the repository's root; `nil` where it is about the commit as a whole.
  public var path: String?

  public init(_ objection: Objection, commit: String, branch: String? = nil, path: String?) {
    (self.objection, self.commit, self.branch, self.path) = (objection, commit, branch, path)
  }

  /// What to do, with the names filled in.
  public var advice: String {
    let delivery = path.flatMap { DoubleRecord.attempt(ofFile: $0.split(separator: "/").suffix(4).joined(separator: "/"))?.delivery }
    return objection.rule.advice.replacing("COMMIT", with: commit.prefix(12)).replacing("FILE", with: path ?? ".")
      .replacing("POST", with: delivery?.post.text ?? postName ?? "POST").replacing("ACCOUNT", with: delivery?.account.text ?? "ACCOUNT")
  }

  public var json: JSON {
    [
      "rule": .string(objection.rule.rawValue), "commit": .string(commit), "branch": JSON(branch), "path": JSON(path),
      "message": .string(objection.message),
      "expected": JSON(objection.expected), "found": JSON(objection.found), "hint": .string(advice),
    ]
  }

  /// The post that a status file is about, by the file's name.
  private var postName: String? {
    guard let name = path?.split(separator: "/").last, name.hasSuffix(".json") else { return nil }
    return PostID(name.dropLast(".json".utf8.count))?.text
  }
}
