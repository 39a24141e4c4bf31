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
      // A line without anything is no row.
      if row.contains(where: { !$0.text.isEmpty }) { rows.append(row) }
    }
  }

  private struct Reader {
    private let scalars: [Unicode.Scalar]
    private let separator: Unicode.Scalar
    private var position = 0
    private(set) var mark = Mark.start

    init(_ text: some StringProtocol) {
      scalars = Array(text.unicodeScalars)
      let header = scalars.prefix { $0 != "\n" && $0 != "\r" }
      let candidates: [Unicode.Scalar] = [",", ";", "\t"]
      separator = candidates.max { left, right in header.count { $0 == left } < header.count { $0 == right } } ?? ","
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
