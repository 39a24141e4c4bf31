import YAML

/// The rows of a CSV file, each cell with the place where it stands.
///
/// - Source: RFC 4180; the separator may also be a semicolon or a tab, which spreadsheets write where the comma is a decimal mark.
struct CSVTable {
  struct Cell: Equatable {
    var text: String
    var span: Span
  }

  private(set) var rows: [[Cell]] = []
  /// What is wrong with the file's form; nothing more can be read behind it.
  private(set) var problem: (message: String, span: Span)?

  /// More than any schedule has, and few enough to hold.
  static let mostRows = 100_000

  init(_ text: some StringProtocol) {
    var reader = Reader(text)
    reader.takeDeclaration()
    while problem == nil, !reader.isAtEnd {
      guard rows.count <= Self.mostRows else {
        problem = ("the file has more than \(Self.mostRows) rows; import it in parts", Span(reader.mark, reader.mark))
        return
      }
      var row: [Cell] = []
      repeat {
        let start = reader.mark
        guard let text = reader.cell() else {
          problem = ("the quote that starts here does not end, or text follows its end", Span(start, reader.mark))
          return
        }
        row.append(Cell(text: text, span: Span(start, reader.mark)))
      } while reader.takeSeparator()
      reader.takeLineEnd()
      // A line without anything is no row, and cells without anything at its end are none: programs write as many as the widest row has.
      while row.last?.text.allSatisfy(\.isWhitespace) == true { row.removeLast() }
      if row.contains(where: { !$0.text.allSatisfy(\.isWhitespace) }) { rows.append(row) }
    }
  }

  private struct Reader {
    private let scalars: [Unicode.Scalar]
    private let separator: Unicode.Scalar
    private var position = 0
    private(set) var mark = Mark.start

    init(_ text: some StringProtocol) {
      scalars = Array(text.unicodeScalars)
      let lines = scalars.split { $0 == "\n" || $0 == "\r" }
      let candidates: [Unicode.Scalar] = [",", ";", "\t"]
      // Titles are the first line that says anything.
      let header = lines.first { line in line.contains { !candidates.contains($0) && !$0.properties.isWhitespace && $0 != "\"" } } ?? []
      if let declared = Self.declared(header) {
        separator = declared
      } else {
        separator = candidates.max { left, right in header.count { $0 == left } < header.count { $0 == right } } ?? ","
      }
    }

    /// `sep=;`, by which Excel is told what separates the cells.
    private static func declared(_ line: ArraySlice<Unicode.Scalar>) -> Unicode.Scalar? {
      let plain = line.filter { $0 != "\"" }
      guard plain.count == 5, let last = plain.last else { return nil }
      return String(String.UnicodeScalarView(plain.dropLast())).lowercased() == "sep=" ? last : nil
    }

    /// Passes by the line with the separator, and empty ones before it.
    mutating func takeDeclaration() {
      let start = scalars.firstIndex { $0 != "\n" && $0 != "\r" } ?? scalars.count
      let line = scalars[start...].prefix { $0 != "\n" && $0 != "\r" }
      guard Self.declared(line) != nil else { return }
      while position < line.endIndex { step() }
      takeLineEnd()
    }

    var isAtEnd: Bool { position == scalars.count }
    private var next: Unicode.Scalar? { isAtEnd ? nil : scalars[position] }
    private var isAtCellEnd: Bool { next.map { $0 == separator || $0 == "\n" || $0 == "\r" } ?? true }

    private mutating func step() {
      let isPair = scalars[position] == "\r" && position + 1 < scalars.count && scalars[position + 1] == "\n"
      let isLineEnd = !isPair && (scalars[position] == "\n" || scalars[position] == "\r")
      mark = isLineEnd ? Mark(line: Int(mark.line) + 1, column: 1) : Mark(line: Int(mark.line), column: Int(mark.column) + 1)
      position += 1
    }

    /// The text up to the next separator or the end of the line; `nil` for quotes that do not end where the cell does.
    mutating func cell() -> String? {
      var text = String.UnicodeScalarView()
      guard next == "\"" else {
        while !isAtCellEnd {
          text.append(scalars[position])
          step()
        }
        return String(text)
      }
      step()
      while let character = next {
        step()
        if character == "\"" {
          guard next == "\"" else { return isAtCellEnd ? String(text) : nil }
          step()
        }
        text.append(character)
      }
      return nil
    }

    mutating func takeSeparator() -> Bool {
      guard next == separator else { return false }
      step()
      return true
    }

    mutating func takeLineEnd() {
      if next == "\r" { step() }
      if next == "\n" { step() }
    }
  }
}
