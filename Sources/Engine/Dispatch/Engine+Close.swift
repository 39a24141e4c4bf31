import Schedule

extension Engine {
  /// Ends a delivery that does not go out any more: too late for its grace, or no longer asked for.
  func close(_ id: DeliveryID, post: DesiredPost, delivery: DesiredDelivery, as state: DeliveryState) async throws {
    let intended = try await beforeClaim { () async throws -> Intent? in
      guard let catalog = desired.catalog else { return nil }
      let account = desired.account(id.account)
      let material = try await reading { try await content.material(post, delivery: delivery, account: account, catalog: catalog) }
      let intent = intent(id, post: post, delivery: delivery, material: material)
      try await append(.intended(intent), for: id)
      return intent
    }
    guard let intended, try await claim(intended, for: id) else { return }
    guard state != .missed || isMissed(id) else { return try await giveUp(id) }
    try await end(id, state)
  }

  /// Whether that is still so: the content may have been edited, or the clock set, while its claim was asked for (N4).
  private func isMissed(_ id: DeliveryID) -> Bool {
    guard case .instant(let now) = observeClock(), let (post, delivery) = desired.delivery(id) ?? heldDuplicate(id) else { return false }
    return hold(post, delivery, now: now) == nil
      && now > Timing(scheduledAt: delivery.scheduledAt, grace: delivery.grace).deadline(after: observed[id])
  }

  /// Cancels what the content no longer asks for, where it has not gone out.
  ///
  /// - Returns: what is under way. A delivery that is in flight ends by itself; if nothing was sent then, it is cancelled in ``land``.
  func cancel(_ removed: [DeliveryID: DesiredPost]) -> [Task<Void, Never>] {
    removed.compactMap { id, post in
      guard inFlight[id] == nil else {
        calledOff[id] = post
        return nil
      }
      guard let delivery = post.deliveries.first(where: { $0.account == id.account }), !desired.asks(for: id),
        observed[id].map({ $0.armsAgain && !$0.state.name.isFinal }) ?? true
      else { return nil }
      launch(id, .claimed) { engine in try await engine.close(id, post: post, delivery: delivery, as: .cancelled) }
      return inFlight[id]
    }
  }

  /// Ends what waits for another try although no content asks for it any more: its post went away while it was in flight, or nobody looked.
  func cancelOrphan(_ id: DeliveryID) {
    guard isCurrent, inFlight[id] == nil, let observation = observed[id], case .retrying = observation.state,
      let last = observation.lastIntent, !desired.asks(for: id)
    else { return }
    let intent = last.repeated(as: observation.nextAttempt, at: now())
    launch(id, .claimed) { engine in
      let intended = try await engine.beforeClaim { () async throws -> Intent? in
        try await engine.append(.intended(intent), for: id)
        return intent
      }
      guard let intended, try await engine.claim(intended, for: id) else { return }
      try await engine.end(id, .cancelled)
    }
  }
}
