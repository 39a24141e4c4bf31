import Schedule

/// The report for programs: all values of all runs, in seconds, bytes and per second.
enum JSONReport {
  static func json(_ machine: Machine, _ rows: [RowReport]) -> JSON {
    let facts = Dictionary(machine.facts.map { ($0.name, JSON.string($0.value)) }) { first, _ in first }
    return ["machine": .object(facts), "rows": .array(rows.map(json))]
  }

  private static func json(_ row: RowReport) -> JSON {
    [
      "row": .string(row.name), "title": .string(row.title), "facts": .array(row.facts.map { JSON.string($0) }),
      "failures": .array(row.failures.map { JSON.string($0) }),
      "figures": .array(row.figures.map(json)),
    ]
  }

  private static func json(_ figure: Figure) -> JSON {
    [
      "what": .string(figure.what), "size": JSON(figure.size), "change": JSON(figure.change),
      "unit": .string(figure.unit.rawValue), "posthorn": json(figure.ours),
      "peers": .array(
        figure.peers.map { ["name": .string($0.name), "values": json($0.values), "ratio": number(figure.ratio(to: $0))] }),
      "to_reach": number(figure.limit),
      "reached": figure.isReached.map { .bool($0) } ?? .null,
    ]
  }

  private static func json(_ series: Series) -> JSON {
    [
      "median": number(series.median), "min": number(series.least), "max": number(series.greatest),
      "values": .array(series.all.map { .double($0) }),
    ]
  }

  private static func number(_ value: Double?) -> JSON { value.map { .double($0) } ?? .null }
}
