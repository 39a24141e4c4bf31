import Foundation
import FoundationXML
import Support
import Testing

@Suite("Reports for other programs")
struct ReportFormatTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder("formats")
    try folder.write("platform: outbox\ntimezone: Europe/Berlin\n", to: "schedule/accounts/acme.yaml")
    try folder.write("scheduled_time: 2037-03-29T02:30\naccounts: [acme]\n", to: "schedule/posts/a & \"b\"/gap.yaml")
    try folder.write("notes\n", to: "schedule/posts/notes.txt")
  }

  private func validate(_ arguments: String...) throws -> Program.Ending {
    try Program.run(["validate"] + arguments, in: folder.path)
  }

  private func json<Value>(_ format: String, as: Value.Type) throws -> Value {
    let ending = try validate("--format", format)
    #expect(ending.status == 1)
    return try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? Value)
  }

  @Test("SARIF names place and rule of each finding, and paths in it are URIs")
  func sarif() throws {
    let root = try json("sarif", as: [String: Any].self)
    let run = try #require((root["runs"] as? [[String: Any]])?.first)
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.compactMap { $0["ruleId"] as? String } == ["time.gap", "file.ignored"])
    #expect(results.compactMap { $0["level"] as? String } == ["error", "warning"])
    let place = ((results[0]["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any])
    #expect((place?["artifactLocation"] as? [String: Any])?["uri"] as? String == "schedule/posts/a%20%26%20%22b%22/gap.yaml")
    #expect((place?["region"] as? [String: Int]) == ["startLine": 1, "startColumn": 17, "endLine": 1, "endColumn": 33])
    let rules = ((run["tool"] as? [String: Any])?["driver"] as? [String: Any])?["rules"] as? [[String: Any]]
    #expect(results.allSatisfy { rules?[$0["ruleIndex"] as? Int ?? -1]["id"] as? String == $0["ruleId"] as? String })
  }

  @Test("Findings that say the same have fingerprints of their own, which an edit above them leaves as they are")
  func fingerprints() throws {
    let media = "media:\n  - {pth: a.png}\n  - {pth: b.png}\n  - {pth: c.png}\n"
    func all() throws -> [String] {
      let gitlab = try json("gitlab", as: [[String: Any]].self).compactMap { $0["fingerprint"] as? String }
      let runs = try json("sarif", as: [String: Any].self)["runs"] as? [[String: Any]]
      let sarif = (runs?.first?["results"] as? [[String: Any]])?.compactMap {
        ($0["partialFingerprints"] as? [String: String])?["posthorn/v1"]
      }
      #expect(sarif == gitlab)
      return gitlab
    }
    try folder.write("scheduled_time: 2037-11-27T02:30\naccounts: [acme]\n" + media, to: "schedule/posts/three.yaml")
    let before = try all()
    #expect(before.count >= 5 && Set(before).count == before.count)
    try folder.write("# more\nscheduled_time: 2037-11-27T02:30\naccounts: [acme]\ncaption: more\n" + media, to: "schedule/posts/three.yaml")
    #expect(try all() == before)
  }

  @Test(
    "What no XML may have, and what a runner would act on, is escaped wherever it stands",
    arguments: ["\u{FFFF}", "\u{FFFE}", "##[stop-commands]x", "##vso[task.complete]", "::error::x", "###[group]"])
  func awkward(name: String) throws {
    let quoted = String(decoding: try JSONEncoder().encode(name), as: UTF8.self)
    for number in 0..<12 {
      try folder.write(
        "scheduled_time: 2037-11-27T02:30\naccounts: [acme]\n\(name.hasPrefix("#") || name.hasPrefix(":") ? "\(quoted): x" : "caption: x")\nx: \(number)\n",
        to: "schedule/posts/\(name)/p\(number).yaml")
    }
    let junit = try validate("--format", "junit").output
    #expect(throws: Never.self) { try XMLDocument(xmlString: junit, options: []) }
    for format in ["text", "github", "junit"] {
      let lines = try validate("--format", format).output.split(separator: "\n").filter { !$0.hasPrefix("::") }
      #expect(!lines.contains { $0.contains(/##[A-Za-z]*\[/) }, "\(format): \(lines.filter { $0.contains("##") })")
      #expect(!lines.contains { $0.drop { $0 == " " }.hasPrefix("::") })
    }
  }

  @Test(
    "The SARIF object model of others is built from it, without a property that it does not know or a missing one that it needs",
    .enabled(if: sarifModel != nil, "python3-sarif-python-om is not installed"))
  func sarifPeer() throws {
    let script = """
      import json, sys, sarif_om
      children = {
        "SarifLog": {"runs": "Run"}, "Run": {"tool": "Tool", "results": "Result"}, "Tool": {"driver": "ToolComponent"},
        "ToolComponent": {"rules": "ReportingDescriptor"},
        "ReportingDescriptor": {"shortDescription": "MultiformatMessageString", "help": "MultiformatMessageString",
          "defaultConfiguration": "ReportingConfiguration"},
        "Result": {"message": "Message", "locations": "Location"}, "Location": {"physicalLocation": "PhysicalLocation"},
        "PhysicalLocation": {"artifactLocation": "ArtifactLocation", "region": "Region"},
      }
      def build(name, value):
        if isinstance(value, list): return [build(name, item) for item in value]
        kind = getattr(sarif_om, name)
        names = {a.metadata["schema_property_name"]: a.name for a in kind.__attrs_attrs__}
        inner = children.get(name, {})
        return kind(**{names[key]: build(inner[key], item) if key in inner else item for key, item in value.items()})
      log = build("SarifLog", json.load(sys.stdin))
      assert log.version == "2.1.0"
      for result in log.runs[0].results:
        region = result.locations[0].physical_location.region
        assert result.level in ("none", "note", "warning", "error") and 0 < region.start_line <= region.end_line and region.start_column > 0
        print(result.rule_id, log.runs[0].tool.driver.rules[result.rule_index].id)
      """
    let output = try #require(sarifModel?.run(script, input: validate("--format", "sarif").output))
    #expect(String(decoding: output, as: UTF8.self) == "time.gap time.gap\nfile.ignored file.ignored\n")
  }

  @Test("A JUnit reader of others finds the same cases", .enabled(if: junitParser != nil, "python3-junitparser is not installed"))
  func junitPeer() throws {
    let script = """
      import sys, junitparser
      for suite in junitparser.JUnitXml.fromstring(sys.stdin.read().encode()):
        print(suite.tests, suite.failures)
        for case in suite: print(case.classname, case.name, [type(entry).__name__ + " " + entry.type for entry in case.result])
      """
    let output = try #require(junitParser?.run(script, input: validate("--format", "junit").output))
    #expect(
      String(decoding: output, as: UTF8.self)
        == "2 1\nschedule/posts/a & \"b\"/gap.yaml 1:17 time.gap ['Failure time.gap']\nschedule/posts/notes.txt 1:1 file.ignored []\n")
  }

  @Test("GitHub gets an annotation for each finding, ten of a severity, and the rest as lines that are counted")
  func github() throws {
    let ending = try validate("--format", "github")
    #expect(ending.status == 1)
    #expect(
      ending.output.hasPrefix(
        "::error file=schedule/posts/a & \"b\"/gap.yaml,line=1,endLine=1,col=17,endColumn=33,title=time.gap::2037-03-29T02:30 does not exist"
      ))
    #expect(ending.output.contains("::warning file=schedule/posts/notes.txt,line=1"))
    for number in 10...22 { try folder.write("x: y\n", to: "schedule/posts/bad\(number).yaml") }
    let many = try validate("--format", "github").output.split(separator: "\n")
    #expect(many.count { $0.hasPrefix("::error ") } == 10)
    #expect(many.contains { $0.hasPrefix("::notice title=posthorn::") && $0.contains(" more errors") })
    #expect(many.contains { $0.hasPrefix("schedule/posts/bad22.yaml:1:1: error:") })
  }

  @Test("GitLab gets a finding with a fingerprint that an edit above it does not change")
  func gitlab() throws {
    let before = try json("gitlab", as: [[String: Any]].self)
    #expect(before.compactMap { $0["severity"] as? String } == ["major", "minor"])
    #expect(Set(before[0].keys) == ["check_name", "description", "fingerprint", "location", "severity"])
    try folder.write("# above\nscheduled_time: 2037-03-29T02:30\naccounts: [acme]\n", to: "schedule/posts/a & \"b\"/gap.yaml")
    let after = try json("gitlab", as: [[String: Any]].self)
    #expect(after[0]["fingerprint"] as? String == before[0]["fingerprint"] as? String)
    #expect(before[0]["fingerprint"] as? String != before[1]["fingerprint"] as? String)
    #expect(((after[0]["location"] as? [String: Any])?["lines"] as? [String: Int])?["begin"] == 2)
  }

  @Test("JUnit readers find a failure for each error, a passed case for each warning, and one where nothing is wrong")
  func junit() throws {
    let ending = try validate("--format", "junit")
    let reader = try JUnitReader(ending.output)
    #expect(reader.cases == ["1:17 time.gap", "1:1 file.ignored"] && reader.failures == ["time.gap"])
    #expect(reader.counts == ["tests": "2", "failures": "1", "errors": "0", "skipped": "0"])
    try FileManager.default.removeItem(atPath: folder.path("schedule/posts"))
    try folder.write("scheduled_time: 2037-03-30T02:30\naccounts: [acme]\n", to: "schedule/posts/good.yaml")
    let fine = try JUnitReader(validate("--format", "junit").output)
    #expect(fine.cases == ["1 post, 1 account: nothing to report"] && fine.failures == [])
  }

  @Test("--fail-on warning ends with 1 for warnings too; other commands refuse these formats and name their own")
  func statuses() throws {
    try FileManager.default.removeItem(atPath: folder.path("schedule/posts/a & \"b\"/gap.yaml"))
    #expect(try validate().status == 0)
    #expect(try validate("--fail-on", "warning").status == 1)
    let ending = try Program.run(["status", "--format", "sarif"], in: folder.path)
    #expect(ending.status == 2 && ending.errors.contains("text or json"))
  }
}

/// Readers of others, packages of Debian.
private let sarifModel = Python(having: "sarif_om")
private let junitParser = Python(having: "junitparser")

/// What a reader of XML finds in a JUnit report.
private final class JUnitReader: NSObject, XMLParserDelegate {
  var cases: [String] = []
  var failures: [String] = []
  var counts: [String: String] = [:]

  init(_ text: String) throws {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.propertyListReadCorrupt) }
  }

  func parser(_: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?, attributes: [String: String]) {
    switch name {
    case "testcase": cases.append(attributes["name"] ?? "")
    case "failure": failures.append(attributes["type"] ?? "")
    case "testsuite": counts = attributes.filter { $0.key != "name" }
    default: break
    }
  }
}
