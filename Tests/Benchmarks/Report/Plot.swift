/// Cost against size on logarithmic axes, or something over time on linear ones, as an SVG.
struct Plot {
  let title: String
  /// What is measured, in a line below the title.
  var note = ""
  let across: String
  let unit: Figure.Unit
  var kind = PlotAxis.Kind.logarithmic
  let lines: [Line]

  struct Line {
    let name: String
    let points: [Point]
    /// Somebody else's.
    var isPeer = false
  }

  struct Point {
    let place: Double
    let values: Series
    /// The figure to reach at this place.
    var target: Double?
  }

  /// More points than that are a line without marks.
  private static let mostMarks = 20
  private static let width = 980.0
  private static let height = 480.0
  private static let left = 86.0
  private static let right = 610.0
  private static let top = 64.0
  private static let bottom = 418.0
  private static let colours = ["#0b62a4", "#15803d", "#7e22ce", "#a16207", "#0e7490", "#be185d"]

  var svg: String {
    let scaled = lines.flatMap(\.points).flatMap { [$0.values.least, $0.values.greatest] + ($0.target.map { [$0] } ?? []) }
    let (x, y) = (
      PlotAxis(lines.flatMap(\.points).map(\.place), kind, from: Self.left, to: Self.right),
      PlotAxis(scaled.map { max($0, 1e-7) * scale }, kind, from: Self.bottom, to: Self.top)
    )
    var parts = [
      #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(Int(Self.width)) \#(Int(Self.height))" font-family="sans-serif">"#,
      #"<rect width="100%" height="100%" fill="white"/>"#,
      text(title, Self.left, 26, size: 16), text(note, Self.left, 46, size: 11, colour: "#666"),
    ]
    parts += grid(x, y)
    for (number, line) in lines.enumerated() {
      parts += drawn(line, Self.colours[number % Self.colours.count], x, y, label: Self.top + 12 + Double(number) * 34)
    }
    parts += target(x, y)
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  /// Bytes are shown in MiB, by powers of ten of them.
  private var scale: Double { unit == .bytes ? 1 / 1_048_576 : 1 }

  private func grid(_ x: PlotAxis, _ y: PlotAxis) -> [String] {
    var parts = (x.between.map { (x.place($0), true) } + y.between.map { (y.place($0), false) }).map { place, isUpright in
      rule(place, isUpright, "#eee")
    }
    for tick in x.ticks {
      parts.append(rule(x.place(tick), true, "#bbb"))
      parts.append(text(Amount.grouped(Int(tick.rounded())), x.place(tick), Self.bottom + 20, anchor: "middle"))
    }
    for tick in y.ticks {
      parts.append(rule(y.place(tick), false, "#bbb"))
      parts.append(text(Self.label(tick, unit), Self.left - 8, y.place(tick) + 4, anchor: "end"))
    }
    parts.append(text(across, (Self.left + Self.right) / 2, Self.bottom + 46, anchor: "middle"))
    return parts
  }

  private func drawn(_ line: Line, _ colour: String, _ x: PlotAxis, _ y: PlotAxis, label: Double) -> [String] {
    let places = line.points.map { point in (x: x.place(point.place), y: y.place(max(point.values.median, 1e-7) * scale)) }
    let corners = places.map { "\(short($0.x)),\(short($0.y))" }.joined(separator: " ")
    let dashes = line.isPeer ? #" stroke-dasharray="5 4""# : ""
    var parts = [#"<polyline points="\#(corners)" fill="none" stroke="\#(colour)" stroke-width="2"\#(dashes)/>"#]
    guard line.points.count <= Self.mostMarks else { return parts + legend(line, colour, dashes, at: label) }
    for (point, place) in zip(line.points, places) {
      let (least, greatest) = (y.place(max(point.values.least, 1e-7) * scale), y.place(max(point.values.greatest, 1e-7) * scale))
      parts.append(stroke(place.x, least, place.x, greatest, colour, ""))
      for end in [least, greatest] { parts.append(stroke(place.x - 4, end, place.x + 4, end, colour, "")) }
      parts.append(
        #"<circle cx="\#(short(place.x))" cy="\#(short(place.y))" r="4" fill="\#(line.isPeer ? "white" : colour)" stroke="\#(colour)"/>"#)
    }
    return parts + legend(line, colour, dashes, at: label)
  }

  private func legend(_ line: Line, _ colour: String, _ dashes: String, at place: Double) -> [String] {
    var parts = [
      stroke(Self.right + 14, place - 4, Self.right + 36, place - 4, colour, dashes), text(line.name, Self.right + 42, place),
    ]
    if let last = line.points.last {
      let said = "\(Amount.text(last.values.median, unit)) at \(Amount.grouped(Int(last.place)))"
      parts.append(text(said, Self.right + 42, place + 15, size: 11, colour: "#666"))
    }
    return parts
  }

  /// The figure to reach, from half a place before to half a place behind where it holds.
  private func target(_ x: PlotAxis, _ y: PlotAxis) -> [String] {
    let points = lines.flatMap(\.points).compactMap { point in point.target.map { (x: x.place(point.place), y: y.place($0 * scale)) } }
    guard !points.isEmpty else { return [] }
    let dashes = #" stroke-dasharray="2 3""#
    let label = Self.top + 12 + Double(lines.count) * 34
    return points.map { stroke(max(Self.left, $0.x - 22), $0.y, min(Self.right, $0.x + 22), $0.y, "#dc2626", "") }
      + zip(points, points.dropFirst()).filter { $0.x < $1.x }.map { stroke($0.x, $0.y, $1.x, $1.y, "#dc2626", dashes) }
      + [stroke(Self.right + 14, label - 4, Self.right + 36, label - 4, "#dc2626", ""), text("to reach", Self.right + 42, label)]
  }

  private func rule(_ place: Double, _ isUpright: Bool, _ colour: String) -> String {
    isUpright
      ? #"<path d="M\#(short(place)) \#(Self.top)V\#(Self.bottom)" stroke="\#(colour)"/>"#
      : #"<path d="M\#(Self.left) \#(short(place))H\#(Self.right)" stroke="\#(colour)"/>"#
  }

  private func stroke(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String, _ dashes: String) -> String {
    #"<path d="M\#(short(x1)) \#(short(y1))L\#(short(x2)) \#(short(y2))" stroke="\#(colour)" stroke-width="2"\#(dashes)/>"#
  }

  private func text(
    _ words: String, _ x: Double, _ y: Double, size: Int = 13, anchor: String = "start", colour: String = "#222"
  ) -> String {
    let safe = words.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    return #"<text x="\#(short(x))" y="\#(short(y))" font-size="\#(size)" text-anchor="\#(anchor)" fill="\#(colour)">\#(safe)</text>"#
  }

  /// A tenth of a pixel is enough.
  private func short(_ place: Double) -> Double { (place * 10).rounded() / 10 }

  private static func label(_ value: Double, _ unit: Figure.Unit) -> String {
    let (number, sign): (Double, String) =
      switch unit {
      case .bytes: (value, "MiB")
      case .perSecond: (value, "/s")
      case .count: (value, "")
      case .seconds: value >= 0.999 ? (value, "s") : value >= 0.000_999 ? (value * 1e3, "ms") : (value * 1e6, "µs")
      }
    let isWhole = (number - number.rounded()).magnitude <= number / 1000
    let text = isWhole ? Amount.grouped(Int(number.rounded())) : "\((number * 1000).rounded() / 1000)"
    return "\(text) \(sign)"
  }
}
