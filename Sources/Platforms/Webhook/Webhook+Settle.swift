public import Schedule

extension Webhook {
  /// Sends it again under the same id where the account says that its receiver drops repeats; otherwise nobody can be asked.
  ///
  /// A repeat starts when the call before it has certainly ended, within half the time for which an id protects, and with the same bytes.
  /// Anything but an acceptance leaves the doubt as it was: the first call may have gone through.
  public func settle(_ publication: Publication, steps: [Step], committedAt: Instant, within window: CallWindow) async -> CommitResult? {
    guard publication.dedupes else {
      return doubt(publication, "this webhook cannot be asked; see whether it arrived")
    }
    let body = body(of: publication)
    guard steps.contains(digest(of: body)) else {
      return doubt(publication, "what is to be sent has changed since, so it is not sent again; see whether it arrived")
    }
    if let error = fault(of: publication) { return doubt(publication, "it cannot be sent again: \(error.message)") }
    var lastCall = committedAt
    for _ in 1...Self.repeats {
      guard window.isOpen() else { return late(publication) }
      let earliest = lastCall + deadline + Self.margin
      await pause(earliest)
      guard now() >= earliest else {
        return doubt(publication, "stopped before the first call had certainly ended; see whether it arrived")
      }
      guard now() < committedAt + Self.window / 2 else {
        return doubt(publication, "that is too long ago to send it again under the same id; see whether it arrived")
      }
      lastCall = now()
      switch await commit(publication, Prepared(body: body), within: window) {
      case .published(let remote)?: return .published(remote)
      case nil: return late(publication)
      default: break
      }
    }
    return doubt(publication, "\(Self.repeats) repeats under the same id brought no acceptance; see whether it arrived")
  }

  static let repeats = 3

  private func late(_ publication: Publication) -> CommitResult {
    doubt(publication, "it is not to go out any more, so it is not sent again; see whether it arrived")
  }

  private func doubt(_ publication: Publication, _ what: String) -> CommitResult {
    .unknown(
      DeliveryError(
        .unknown, code: "webhook.unsettled",
        message: "\(what), then run: posthorn resolve \(publication.id.post) \(publication.id.account) --published or --not-published"))
  }
}
