/// Header fields in their order; names are compared without regard to case. Its description leaves the values out: they may be secret.
public struct Headers: Equatable, Sendable, ExpressibleByDictionaryLiteral, CustomStringConvertible, CustomReflectable {
  public struct Field: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }

    public var description: String { "\(name): ***" }
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
  }

  public private(set) var fields: [Field]

  public init(_ fields: [Field] = []) { self.fields = fields }
  public init(dictionaryLiteral elements: (String, String)...) { fields = elements.map { Field($0, $1) } }

  /// The first value of `name`.
  public subscript(name: String) -> String? { fields.first { $0.name.lowercased() == name.lowercased() }?.value }

  public mutating func append(_ name: String, _ value: String) { fields.append(Field(name, value)) }

  /// Only the fields whose name is one of `names`, given in small letters.
  func keeping(_ names: Set<String>) -> Headers { Headers(fields.filter { names.contains($0.name.lowercased()) }) }

  public var description: String { fields.map(\.description).joined(separator: ", ") }
  public var customMirror: Mirror { Mirror(self, children: ["names": fields.map(\.name)]) }
}
