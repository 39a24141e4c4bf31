/// What trust stands on: facts that neither a cache which may be thrown away, nor content that anybody may change, can take back (N2).
public struct Anchors: Equatable, Sendable {
  /// What was adopted last, as far as it changed content: records on top of it ask for nothing.
  public private(set) var adopted: Adopted?
  /// Branches that records went to, the newest last.
  public private(set) var branches: [RecordBranch] = []
  /// A commit that a person lets take the place of a history that was rewritten; any branch that contains it may.
  public private(set) var rewritten: String?

  public init() {}

  /// A branch that records went to.
  public struct RecordBranch: Equatable, Sendable {
    public var name: String
    /// The commit of it up to which its records are known here, once they go elsewhere.
    public var known: String?

    public init(_ name: String, known: String? = nil) { (self.name, self.known) = (name, known) }
  }

  /// A commit whose content was adopted, and what held from then on.
  public struct Adopted: Equatable, Sendable {
    /// In hexadecimal, as all commits here.
    public var commit: String
    /// Whether the settings ask for signatures.
    public var requiresSigned: Bool
    /// The last commit whose settings had no error; `nil` where there was none, or they cannot be told from it.
    public var settings: String?
    /// The branch that records go to.
    public var branch: String

    public init(commit: String, requiresSigned: Bool, settings: String?, branch: String) {
      (self.commit, self.requiresSigned, self.settings, self.branch) = (commit, requiresSigned, settings, branch)
    }
  }

  mutating func note(_ adopted: Adopted) {
    (self.adopted, rewritten) = (adopted, nil)
    if branches.last?.name != adopted.branch {
      branches = branches.filter { $0.name != adopted.branch } + [RecordBranch(adopted.branch)]
    }
  }

  /// A branch that records went to before, whoever named it.
  mutating func note(_ branch: RecordBranch) {
    if let place = branches.firstIndex(where: { $0.name == branch.name }) {
      branches[place] = branch
    } else {
      branches.insert(branch, at: 0)
    }
  }

  mutating func allow(rewritten commit: String) { rewritten = commit }
}

extension Anchors {
  func write(to writer: inout ByteWriter) {
    writer.write(adopted) { $0.write($1) }
    writer.write(all: branches) { $0.write($1) }
    writer.write(rewritten) { $0.write($1) }
  }

  init(_ reader: inout ByteReader) throws(MalformedBytes) {
    adopted = try reader.optional { reader throws(MalformedBytes) in try reader.adopted() }
    branches = try reader.array { reader throws(MalformedBytes) in try reader.recordBranch() }
    rewritten = try reader.optional { reader throws(MalformedBytes) in try reader.string() }
  }
}

extension ByteWriter {
  mutating func write(_ branch: Anchors.RecordBranch) {
    write(branch.name)
    write(branch.known) { $0.write($1) }
  }

  mutating func write(_ adopted: Anchors.Adopted) {
    write(adopted.commit)
    write(adopted.requiresSigned)
    write(adopted.settings) { $0.write($1) }
    write(adopted.branch)
  }
}

extension ByteReader {
  mutating func recordBranch() throws(MalformedBytes) -> Anchors.RecordBranch {
    Anchors.RecordBranch(try string(), known: try optional { reader throws(MalformedBytes) in try reader.string() })
  }

  mutating func adopted() throws(MalformedBytes) -> Anchors.Adopted {
    Anchors.Adopted(
      commit: try string(), requiresSigned: try bool(),
      settings: try optional { reader throws(MalformedBytes) in try reader.string() }, branch: try string())
  }
}
