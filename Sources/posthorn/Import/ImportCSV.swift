import ArgumentParser
import Glibc
import Schedule

/// `posthorn import csv FILE`
struct ImportCSV: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "csv", abstract: "Write a post for each row of a CSV file.",
    discussion: """
      The first row has the titles: scheduled_time, and any of id, timezone, accounts, title, caption, media, alt; what export csv prints is \
      read as well, its column more having what has no column of its own. Several accounts have spaces between them, several media semicolons \
      or lines. Rows whose state says that they went out, or will not, are left out. Nothing is ever overwritten, so the same file can be \
      imported again: a row without an id that says what a post says is that post.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var choice: ImportOptions
  @Flag(help: "Take rows that went out, or will not go out any more, too.")
  var all = false
  @Argument(help: "The file; \"-\" is standard input.")
  var file: String

  func run() throws {
    let options = try common.resolved()
    let bytes: [UInt8]
    do {
      bytes =
        file == "-"
        ? try FileBytes.read(STDIN_FILENO, named: "standard input", atMost: Self.largest) : try FileBytes.read(file, atMost: Self.largest)
    } catch { throw Failure.couldNot("\(error)") }
    guard bytes.count <= Self.largest else {
      throw Failure.couldNot("\(file) has more than \(Self.largest >> 20) MiB; import it in parts")
    }
    let name = file == "-" ? "stdin" : file
    let reading = CSVImport.read(
      bytes, named: name, defaults: ImportDefaults(accounts: choice.account, timezone: choice.timezone), takesAll: all)
    try ImportRun(options, choice).run(reading) { $0 == name ? bytes : nil }
  }

  private static let largest = 64 << 20
}
