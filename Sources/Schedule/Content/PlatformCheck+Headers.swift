import YAML

extension PlatformCheck {
  /// Holds what the files say of themselves against what the platform takes; nothing is said of files that are not at hand.
  ///
  /// - Returns: the header of the first one that is a film, with its name.
  func checkHeaders(
    _ media: Zip2Sequence<[NodeID], [FoundMedium]>, against form: ContentForm, _ reader: inout ContentReader
  ) -> OptionFacts.Film? {
    guard let limits = form.media, limits.sides != nil || limits.film != nil else { return nil }
    var film: OptionFacts.Film?
    for (node, medium) in media {
      guard let bytes = medium.bytes, let type = medium.type, limits.types.contains(type) else { continue }
      let header: MediaHeader
      do throws(MediaFault) { header = try MediaHeader(of: bytes) } catch {
        reader.report(
          .mediaUnreadable, at: node, "the header of \(medium.name) cannot be read: \(error.description)",
          hint: "see whether it plays; if it does, write it anew with a program such as ffmpeg")
        continue
      }
      if let sides = limits.sides { check(header, of: medium, against: sides, form, at: node, &reader) }
      if let limits = limits.film { check(header, of: medium, against: limits, form, at: node, &reader) }
      if let duration = header.duration, film == nil { film = .init(name: medium.name, node: node, duration: duration) }
    }
    return film
  }

  private func check(
    _ header: MediaHeader, of medium: FoundMedium, against sides: ClosedRange<Int>, _ form: ContentForm, at node: NodeID,
    _ reader: inout ContentReader
  ) {
    guard !sides.contains(header.width) || !sides.contains(header.height) else { return }
    reader.report(
      .mediaDimensions, at: node,
      "\(medium.name) is \(header.width)×\(header.height) pixels, and each side of \(form.name) on \(schema.name) has "
        + "\(sides.lowerBound) to \(sides.upperBound)",
      hint: "export it in another size")
  }

  private func check(
    _ header: MediaHeader, of medium: FoundMedium, against limits: ContentForm.FilmLimits, _ form: ContentForm, at node: NodeID,
    _ reader: inout ContentReader
  ) {
    if let longest = limits.longest, let duration = header.duration, duration > longest {
      reader.report(
        .mediaDuration, at: node,
        "\(medium.name) lasts \(duration.seconds), and \(schema.name) takes at most \(longest.text) in \(form.name)", hint: "cut it")
    }
    if let rates = limits.frameRates, let rate = header.frameRate, !rates.contains(Int(rate.rounded().clamped(to: 0...1_000_000))) {
      reader.report(
        .mediaFramerate, at: node,
        "\(medium.name) has \(decimal(rate)) frames a second, and \(schema.name) takes \(rates.lowerBound) to \(rates.upperBound) "
          + "in \(form.name)",
        hint: "export it at another frame rate")
    }
    if let codec = header.codec, !limits.codecs.isEmpty, !limits.codecs.contains(codec) {
      let names = limits.codecs.map(\.name).joined(separator: ", ")
      reader.report(
        .mediaCodec, at: node, "\(medium.name) is coded as \(codec.name), which \(schema.name) does not take in \(form.name)",
        hint: "export it as one of \(names)")
    }
  }
}

/// What options can be held against, besides each other.
struct OptionFacts {
  struct Film {
    var name: String
    /// The item of media that it is.
    var node: NodeID
    var duration: Duration
  }

  /// 0 where nobody can say.
  var mediaCount: Int
  /// The first film that says how long it is.
  var film: Film?
}

extension Duration {
  /// For sentences: `605.4 s`; a unit that people use in schedules where nothing is lost by it.
  var seconds: String { self == .seconds(components.seconds) ? text : "\(decimal(self / .seconds(1))) s" }
}

/// With up to two digits behind the point.
private func decimal(_ number: Double) -> String {
  let hundredths = Int((number * 100).rounded().clamped(to: 0...1e15))
  let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
  guard rest > 0 else { return "\(whole)" }
  return rest.isMultiple(of: 10) ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
}

extension Double {
  fileprivate func clamped(to range: ClosedRange<Double>) -> Double { Swift.min(Swift.max(self, range.lowerBound), range.upperBound) }
}
