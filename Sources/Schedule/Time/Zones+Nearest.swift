extension Zones {
  /// The zone that someone who wrote `name` probably meant: `Europe/Berlin` for `europe/berlin`, `Berlin` and `Europe/Berln`,
  /// `America/New_York` for `EST` and `New York`. `nil` where nothing is near.
  public func nearest(to name: String) -> String? {
    let wanted = folded(name.prefix(64))
    guard !wanted.isEmpty, Offset(writtenAsZone: name) == nil else { return nil }
    if let city = citiesOfAbbreviations[wanted], contains(city) { return city }

    var best: (name: String, distance: Int)?
    // A slip in a number would be hours, and the sign in these names is not the one that people mean.
    for candidate in names where candidate != name && !candidate.hasPrefix("Etc/GMT") {
      let known = folded(candidate)
      let city = known.split(separator: slash).last.map(Array.init) ?? known
      let whole = Spelling.slips(from: wanted, to: known, atMost: tolerance(wanted))
      // People leave the continent out; a city must fit better than a whole name to be taken.
      let last = wanted.contains(slash) ? nil : Spelling.slips(from: wanted, to: city, atMost: tolerance(wanted))
      guard let distance = [whole, last.map { $0 + 1 }].compactMap(\.self).min(), distance < best?.distance ?? .max else { continue }
      best = (candidate, distance)
    }
    return best?.name
  }
}

private let slash = UInt8(ascii: "/")

/// Lowercase, and with `_` for every space and hyphen between words.
private func folded(_ name: some StringProtocol) -> [UInt8] {
  name.lowercased().utf8.map { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
}

/// One slip in a short word, three in a long one.
private func tolerance(_ word: [UInt8]) -> Int { min(3, max(1, word.count / 4)) }

/// What people write for a zone, and the city whose clocks they have in mind. An abbreviation is not a zone: `EST` never changes to
/// summer time, and `IST` is three different times.
private let citiesOfAbbreviations: [[UInt8]: String] = {
  let cities: [(city: String, names: [String])] = [
    ("America/New_York", ["est", "edt", "et", "eastern", "us/east", "est5edt", "new_york_city", "nyc"]),
    ("America/Chicago", ["cst", "cdt", "ct", "central"]),
    ("America/Denver", ["mst", "mdt", "mt", "mountain"]),
    ("America/Los_Angeles", ["pst", "pdt", "pt", "pacific", "la", "san_francisco"]),
    ("America/Anchorage", ["akst", "akdt"]),
    ("Pacific/Honolulu", ["hst"]),
    ("America/Halifax", ["ast", "adt"]),
    ("America/St_Johns", ["nst", "ndt"]),
    ("America/Sao_Paulo", ["brt", "brst"]),
    ("America/Argentina/Buenos_Aires", ["art"]),
    ("Europe/London", ["bst", "uk", "england"]),
    ("Europe/Dublin", ["ireland"]),
    ("Europe/Lisbon", ["wet", "west"]),
    ("Europe/Berlin", ["cet", "cest", "mez", "mesz", "germany", "munich", "frankfurt", "hamburg"]),
    ("Europe/Athens", ["eet", "eest"]),
    ("Europe/Moscow", ["msk"]),
    ("Europe/Kyiv", ["europe/kyev"]),
    ("Asia/Kolkata", ["ist", "india", "delhi", "new_delhi", "mumbai", "bangalore"]),
    ("Asia/Karachi", ["pkt"]),
    ("Asia/Dubai", ["gst"]),
    ("Asia/Singapore", ["sgt"]),
    ("Asia/Shanghai", ["beijing", "asia/beijing", "china"]),
    ("Asia/Hong_Kong", ["hkt"]),
    ("Asia/Tokyo", ["jst"]),
    ("Asia/Seoul", ["kst"]),
    ("Australia/Sydney", ["aest", "aedt", "aet"]),
    ("Australia/Adelaide", ["acst", "acdt"]),
    ("Australia/Perth", ["awst"]),
    ("Pacific/Auckland", ["nzst", "nzdt"]),
    ("Africa/Johannesburg", ["sast"]),
    ("Africa/Nairobi", ["eat"]),
    ("Africa/Lagos", ["wat"]),
    ("UTC", ["utc", "z", "gmt"]),
  ]
  var found: [[UInt8]: String] = [:]
  for (city, names) in cities {
    for name in names { found[folded(name)] = city }
  }
  return found
}()
