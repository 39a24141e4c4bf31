extension HistoryRecord {
  /// What the record itself gives away.
  ///
  /// - Parameter file: where it is, below the content folder.
  public func objections(at file: String) -> [Objection] {
    var found: [Objection] = []
    if file != self.file {
      found.append(Objection(.historyName, "the record is of another attempt than its file's name says", expected: self.file, found: file))
    }
    // Preparing may begin a little before the instant, and fail then; what these say cannot have happened before it.
    if [.published, .delivered, .inDoubt, .missed].contains(outcome), finishedAt < scheduledAt {
      found.append(
        Objection(
          .attemptEarly, "it ended as \(outcome.rawValue) before it was due", expected: "after \(scheduledAt)", found: "\(finishedAt)"))
    }
    return found
  }

  /// What the post did not ask for.
  ///
  /// - Parameters:
  ///   - request: what the file that it names says.
  ///   - statedZones: every zone that an account or the settings ever named.
  public func objections(to request: PostRequest?, zones: Zones, statedZones: Set<String>) -> [Objection] {
    guard let request else {
      return outcome == .cancelled || isRetryWord
        ? [] : [Objection(.contentPost, "the file that it names as its source is no post", expected: post.text)]
    }
    guard request.id == post else {
      if outcome == .cancelled || isRetryWord, !request.isCertain { return [] }
      return [
        Objection(.contentPost, "the file that it names as its source is another post", expected: post.text, found: request.id.text)
      ]
    }
    // What is cancelled, and is tried again by a person's word, may be a delivery that an earlier state of the file asked for.
    guard outcome != .cancelled, !isRetryWord else { return [] }
    var found: [Objection] = []
    if !request.accounts.contains(account) {
      found.append(
        Objection(
          .contentAccount, "the post does not go to account \(account)", expected: request.accounts.map(\.text).joined(separator: ", "),
          found: account.text))
    }
    if error?.code != "content.unreadable" { found += timeObjections(request, zones, statedZones) }
    return found
  }

  private func timeObjections(_ request: PostRequest, _ zones: Zones, _ statedZones: Set<String>) -> [Objection] {
    let written = "\(scheduledTime)\(offset?.description ?? "")"
    if let asked = request.scheduledTime, asked != scheduledTime || request.offset != offset {
      let expected = "\(asked)\(request.offset?.description ?? "")"
      return [Objection(.contentTime, "the post asks for another time", expected: expected, found: written)]
    }
    if let zone = request.timezone, zone != timezone {
      return [Objection(.contentTime, "the post names another zone", expected: zone, found: timezone)]
    }
    if !request.hasZone, !statedZones.contains(timezone) {
      return [Objection(.contentTime, "neither the post nor any account nor the settings ever named its zone", found: timezone)]
    }
    guard let zone = zones.zone(timezone), let instant = instant(in: zone) else { return [] }
    // Another version of tzdata may have had other offsets; no change of one was ever beyond a day.
    let isNear = (instant - scheduledAt).milliseconds.magnitude <= 86_400_000
    guard tzdata == zones.version ? instant != scheduledAt : !isNear else { return [] }
    return [Objection(.contentTime, "\(written) in \(timezone) is another instant", expected: "\(instant)", found: "\(scheduledAt)")]
  }

  /// `nil` where the zone, as this host knows it, has no such time: then nothing is proven.
  private func instant(in zone: Zone) -> Instant? {
    do throws(TimeError) { return try zone.instant(of: scheduledTime, offset: offset) } catch { return nil }
  }
}
