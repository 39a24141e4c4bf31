import Engine
import Git
import Schedule

/// What `why` prints for people: wrapped, and escaped, for everything in it comes from a repository.
struct WhyText {
  let story: PostStory
  let time: LocalTime
  let width: Int
  let color: DiagnosticReport.Color

  var text: String {
    let status = story.standing.status
    let state = status.state.ink?.paint(status.state.rawValue, color) ?? status.state.rawValue
    var text = "\(Ink.bold.paint(status.post.text.clipped(toWidth: width - 16), color)): \(state)\n"
    text += line("file       ", status.path)
    if let instant = status.scheduledAt { text += line("scheduled  ", when(instant)) }
    text += section("Asked for", story.steps.map(self.text))
    text += section("Attempts", story.attempts.map(self.text))
    text += section("Recorded twice, and maybe sent twice", story.doubles.map(self.text))
    return text + section("Now", status.deliveries.map(self.text))
  }

  private func section(_ title: String, _ parts: [String]) -> String {
    parts.isEmpty ? "" : "\n\(Ink.bold.paint(title, color))\n" + parts.joined()
  }

  private func text(_ step: PostTrail.Step) -> String {
    var text = head(step.commit)
    let what =
      switch step.kind {
      case .added: "wrote it"
      case .edited: step.differences.isEmpty ? "changed its content" : "changed " + step.differences.joined(separator: "; ")
      case .moved: "moved it from \(step.oldPath ?? "")" + step.differences.map { "; changed \($0)" }.joined()
      case .removed: "removed it"
      }
    text += line("  ", "\(what): \(step.commit.subject)")
    if step.commit.author.person != step.commit.committer.person { text += line("  ", "committed by \(step.commit.committer.person)") }
    if let merge = step.merge {
      text += line("  ", "merged by \(merge.author.person) \(LocalTime.text(utc: Instant(seconds: merge.committer.time)))")
      text += line("    ", "\(merge.id.hex.prefix(12)) \(merge.subject)")
    }
    return text
  }

  private func head(_ commit: Commit) -> String {
    line("", "\(commit.id.hex.prefix(12))  \(LocalTime.text(utc: Instant(seconds: commit.author.time)))  \(commit.author.person)")
  }

  private func text(_ record: HistoryRecord) -> String {
    let ended = Instant(seconds: record.finishedAt.seconds)
    var text = line("", "\(record.account) \(record.attempt)  \(LocalTime.text(utc: ended))  \(record.outcome.rawValue)")
    if let person = record.saidBy { text += line("  ", "said by \(person)") }
    if let error = record.error { text += line("  ", "\(error.message) [\(error.code)]") }
    if let next = record.nextAttemptAt { text += line("  ", "next attempt \(LocalTime.text(utc: next))") }
    text += line("  ", "content of \(record.source.commit.prefix(12)), recorded by \(record.host)")
    return text
  }

  private func text(_ double: DoubleRecord) -> String {
    line("", "\(double.id.account) \(double.attempt.number)  \(double.sides.kept)") + line("  ", "and \(double.sides.dropped)")
      + line("  ", "look at the account, take back what is too much, and say so")
      + "    \(Ink.blue.paint(double.command, color))\n"
  }

  private func text(_ delivery: StatusRecord.Delivery) -> String {
    let platform = delivery.platform.isEmpty ? "" : " (\(delivery.platform))"
    var text = line("", "\(delivery.account)\(platform): \(delivery.state.rawValue)")
    if delivery.state.isOut, let place = delivery.remote.flatMap({ $0.url ?? $0.id }) { text += line("  ", "live at \(place)") }
    if let reason = delivery.reason ?? story.standing.status.reason { text += line("  ", "because \(reason)") }
    if delivery.state == .retrying, let error = delivery.error { text += line("  ", "because \(error.message) [\(error.code)]") }
    if let instant = delivery.nextAttemptAt { text += line("  ", "next attempt \(when(instant))") }
    if story.drifted.contains(delivery.account) { text += line("  ", PostDrift.text) }
    let next = story.standing.nextStep(of: delivery, now: story.now)
    text += line("  ", next.text)
    // A command is to be copied, so it is never broken.
    if let command = next.command { text += "    \(Ink.blue.paint(command.printable, color))\n" }
    return text
  }

  private func when(_ instant: Instant) -> String {
    let local = story.standing.timezone.map { "\(time.text(instant, in: $0)) (\($0)), " } ?? ""
    return "\(local)\(LocalTime.text(utc: instant)), \(instant.relative(to: story.now))"
  }

  private func line(_ label: String, _ text: String) -> String {
    let indent = "  " + label
    let rest = String(repeating: " ", count: indent.count + (label.isEmpty ? 2 : 0))
    let lines = text.printable.wrapped(toWidth: width - rest.count)
    return lines.enumerated().map { ($0 == 0 ? indent : rest) + $1 + "\n" }.joined()
  }
}

extension String {
  /// The text in lines of at most `width` cells, broken between words; a word that is longer is cut in two.
  func wrapped(toWidth width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ", omittingEmptySubsequences: true) {
      var word = word
      let room = line.isEmpty ? width : width - line.displayWidth - 1
      if word.displayWidth <= room {
        line += line.isEmpty ? String(word) : " \(word)"
        continue
      }
      if !line.isEmpty { lines.append(line) }
      // What is beyond a line is not measured: anybody may have written a word of a megabyte.
      while word.prefix(width).displayWidth > width - 2 {
        lines.append(String(word.prefix(max(width / 2, 1))))
        word = word.dropFirst(max(width / 2, 1))
      }
      line = String(word)
    }
    return lines + (line.isEmpty ? [] : [line])
  }
}
