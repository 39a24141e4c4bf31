import Schedule

extension Engine {
  /// Ends a delivery that does not go out any more: too late for its grace, or no longer asked for.
  func close(_ id: DeliveryID, post: DesiredPost, delivery: DesiredDelivery, as state: DeliveryState) async throws {
    guard let catalog = desired.catalog else { return }
    let material = try await content.material(post, delivery: delivery, account: desired.account(id.account), catalog: catalog)
    let intent = intent(id, post: post, delivery: delivery, material: material)
    try await append(.intended(intent), for: id)
    try await end(id, state)
  }

  /// Cancels what the content no longer asks for, where it has not gone out.
  func cancel(_ removed: [DeliveryID: DesiredPost]) {
    for (id, post) in removed {
      guard let delivery = post.deliveries.first(where: { $0.account == id.account }) else { continue }
      let isOpen = observed[id].map { $0.armsAgain && !$0.state.name.isFinal } ?? true
      guard isOpen, inFlight[id] == nil else { continue }
      launch(id) { engine in try await engine.close(id, post: post, delivery: delivery, as: .cancelled) }
    }
  }
}
