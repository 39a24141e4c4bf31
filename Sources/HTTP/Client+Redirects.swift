extension Client {
  /// Follows answers of 3xx, each target checked as the first was, all within the one deadline.
  func follow(_ request: Request, atMost maximum: Int) async throws(HTTPError) -> Response {
    let start = ContinuousClock.now
    var request = request
    for _ in 0...max(0, maximum) {
      let response = try await perform(request, deadline: request.deadline - (ContinuousClock.now - start))
      guard [301, 302, 303, 307, 308].contains(response.status), let location = response.headers["location"] else { return response }
      guard let target = request.url.resolving(location) else {
        throw HTTPError(request.url.origin, .unanswered(.redirect), detail: "it leads to something that is not an http URL")
      }
      guard target.origin.scheme == .https || request.url.origin.scheme == .http else {
        throw HTTPError(request.url.origin, .unanswered(.redirect), detail: "it leads from https to \(target.origin)")
      }
      if target.origin != request.url.origin { request.headers = request.headers.keeping(["accept", "range"]) }
      request.url = target
    }
    throw HTTPError(request.url.origin, .unanswered(.redirect), detail: "more than \(maximum) redirects")
  }
}
