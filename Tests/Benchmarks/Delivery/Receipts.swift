import Schedule

/// What the receiver saw, held against the timetable.
struct Receipts {
  /// Milliseconds from each post's instant to the first byte of its request.
  private(set) var latencies: [Double] = []
  private(set) var failures: [String] = []

  init(_ arrivals: [Receiver.Arrival], of timetable: Timetable) {
    var due: [String: Int] = [:]
    for entry in timetable.entries { due[entry.post] = entry.due }
    var keys: Set<String> = []
    var unknown = 0
    var (early, again) = (0, 0)
    for arrival in arrivals {
      guard let (post, key) = Self.name(arrival.request) else {
        unknown += 1
        continue
      }
      if !keys.insert(key).inserted { again += 1 }
      guard let instant = due.removeValue(forKey: post) else {
        again += 1
        continue
      }
      let late = arrival.at - Int64(instant) * 1_000_000_000
      if late < 0 { early += 1 }
      latencies.append(Double(late) / 1e6)
    }
    let counts = [
      (due.count, "never came"), (again, "came again"), (early, "came before their instant"), (unknown, "were not a post's request"),
    ]
    failures = counts.filter { $0.0 > 0 }.map { "\($0.0) of \(timetable.entries.count) \($0.1)" }
  }

  /// The post that a request is about; `nil` where it is none of a post.
  static func post(_ request: [UInt8]) -> String? { name(request)?.post }

  private static func name(_ request: [UInt8]) -> (post: String, key: String)? {
    guard let head = ReceivedRequest.headLength(request), let key = ReceivedRequest.header("webhook-id", in: request[..<head]),
      let body = try? JSON.parse(Array(request[head...])), let post = body["data"]?["post"]?.string  // it counts as no post's request
    else { return nil }
    return (post, key)
  }
}
