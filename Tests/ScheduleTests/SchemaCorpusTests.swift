import Foundation
import Schedule
import Testing
import YAML

@Suite("Schemas and validate say the same")
struct SchemaCorpusTests {
  @Test(
    "Of every golden file, every example of a rule and this repository's own schedule",
    .enabled(if: SchemaValidator.isInstalled, "python3-jsonschema is not installed"), arguments: [false, true])
  func agreement(isInformed: Bool) throws {
    for kind in [JSONSchemas.post, .account, .settings] {
      let documents = Corpus.documents.filter { $0.kind == kind }
      #expect(documents.count >= 3)
      let schema = kind.schema(
        platforms: Sample.platforms, zones: isInformed ? SystemTime.zones.names : [], accounts: isInformed ? Corpus.accounts : [:])
      let accepted = try #require(try SchemaValidator.accepts(documents.map(\.json), schema: schema), "not a schema of draft-07")
      for (document, isAccepted) in zip(documents, accepted) {
        guard let expected = document.verdict(isInformed: isInformed) else { continue }
        #expect(isAccepted == expected, "\(document.name): \(document.errors.map(\.rawValue).sorted()) \(document.json.compactText())")
      }
    }
  }

  @Test("The corpus has what every rule that a schema can express refuses, and what none does")
  func complete() {
    let refused = Set(Corpus.documents.filter { $0.verdict(isInformed: true) == false }.flatMap(\.errors))
    let expected: Set<Rule> = [
      .keyUnknown, .keyMissing, .valueType, .valueRange, .valueChoice, .valueDuplicate, .zoneUnknown, .accountUnknown, .accountSecret,
      .platformUnknown, .mediaSource, .mediaPath,
    ]
    #expect(expected.subtracting(refused) == [])
    #expect(Corpus.documents.count { $0.verdict(isInformed: true) == true } > 30)
  }
}

/// Files as YAML has them, and what `validate` finds in them.
private struct Corpus {
  struct Document {
    let name: String
    let kind: JSONSchemas
    let json: JSON
    let errors: Set<Rule>

    /// Whether a schema has to accept it; `nil` where that depends on more than a pattern can say.
    func verdict(isInformed: Bool) -> Bool? {
      var beyond: Set<Rule> = [
        .timeGap, .timeOffset, .timePast, .zoneMissing, .overrideAccount, .optionMissing, .optionConflict, .mediaMissing, .mediaPointer,
        .mediaSize, .mediaType, .mediaCount, .mediaUnreadable, .mediaDimensions, .mediaDuration, .mediaFramerate, .mediaCodec,
        .accountPrivacy, .accountDuration, .accountScope, .textLength,
        .textControl, .textComment,
      ]
      // Which source a platform takes depends on the account's platform.
      if !isInformed { beyond.formUnion([.zoneUnknown, .accountUnknown]) }
      let expressible = errors.subtracting(beyond)
      if expressible.isEmpty { return true }
      return expressible.isSubset(of: [.timeFormat, .urlFormat, .idFormat, .valueFormat, .valueMissing]) ? nil : false
    }
  }

  static let accounts: [AccountName: String?] = {
    var found: [AccountName: String?] = [:]
    for (name, platform) in [
      ("acme", "outbox"), ("acme-hook", "webhook"), ("acme-tiktok", "tiktok"), ("announcements", "outbox"), ("maintainers", "outbox"),
    ] { if let name = AccountName(name) { found[name] = .some(platform) } }
    return found
  }()

  static let documents: [Document] = golden + pages + repository

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  private static var golden: [Document] {
    let place = folder.appending(path: "Golden/validate")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []  // Too few documents fail the tests.
    return names.filter { $0.hasSuffix(".yaml") }.sorted().flatMap { name -> [Document] in
      let stem = name.dropLast(5)
      let path =
        stem.hasSuffix(".account") ? "accounts/acme.yaml" : stem.hasSuffix(".settings") ? "posthorn.yaml" : "posts/\(stem).yaml"
      return read([(path, Array(FileManager.default.contents(atPath: place.appending(path: name).path) ?? Data()))], name)
    }
  }

  private static var pages: [Document] {
    Rule.allCases.flatMap { rule in
      [(rule.page.bad, "bad"), (rule.page.good, "good")].flatMap { example, word -> [Document] in
        guard case .files(let files) = example else { return [] }
        return read(files, "\(rule.rawValue) \(word)")
      }
    }
  }

  private static var repository: [Document] {
    let root = folder.deletingLastPathComponent().deletingLastPathComponent().appending(path: "schedule")
    let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    return read(
      names.filter { $0.hasSuffix(".yaml") }.sorted().map {
        ($0, Array(FileManager.default.contents(atPath: root.appending(path: $0).path) ?? Data()))
      },
      "schedule")
  }

  private static func read(_ files: [(path: String, bytes: [UInt8])], _ name: String) -> [Document] {
    let content = files.map { ContentFile(path: "schedule/" + $0.path, bytes: $0.bytes) }
    var diagnostics: [Diagnostic] = []
    let settings = files.first { $0.path == "posthorn.yaml" }.map { String(decoding: $0.bytes, as: UTF8.self) }
    let catalog = Sample.catalog(
      settings: settings, accounts: content.filter { $0.path.hasPrefix("schedule/accounts/") }, diagnostics: &diagnostics)
    var reader = ContentReader()
    return content.compactMap { file in
      let kind: JSONSchemas
      switch ContentPath.kind(of: String(file.path.dropFirst("schedule/".count))) {
      case .post:
        kind = .post
        diagnostics += catalog.read(file.bytes, at: file.path, with: &reader).diagnostics
      case .account: kind = .account
      case .settings: kind = .settings
      case .stray, .other: return nil
      }
      let errors = Set(diagnostics.filter { $0.path == file.path && $0.severity == .error }.map(\.rule))
      let document = YAML.Document(file.bytes)
      // What is no sound YAML is nothing that a schema is asked about.
      guard document.problems.isEmpty, let json = document.root.map({ CoreSchema.json($0, in: document) }) else { return nil }
      return Document(name: "\(name): \(file.path)", kind: kind, json: json, errors: errors)
    }
  }
}

/// A YAML document as an editor sees it: scalars typed by their look. Source: YAML 1.2.2, 10.3.2.
private enum CoreSchema {
  static func json(_ node: NodeID, in document: YAML.Document) -> JSON {
    switch document[node].kind {
    case .mapping: .object(Dictionary(document.entries(of: node).map { (document.string($0.key), json($0.value, in: document)) }) { $1 })
    case .sequence: .array(document.items(of: node).map { json($0, in: document) })
    case .scalar: document[node].style == .plain ? plain(document.string(node)) : .string(document.string(node))
    case .refused: .null
    }
  }

  private static func plain(_ text: String) -> JSON {
    if ["", "~", "null", "Null", "NULL"].contains(text) { return .null }
    if ["true", "True", "TRUE"].contains(text) { return true }
    if ["false", "False", "FALSE"].contains(text) { return false }
    if let number = Int64(text) { return .int(number) }
    let looksLikeNumber =
      text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) } && text.utf8.contains { $0 < 0x3A && $0 > 0x2F }
    return looksLikeNumber ? Double(text).map(JSON.double) ?? .string(text) : .string(text)
  }
}
