import Git
public import Schedule

/// Why a person's word changes nothing.
extension Engine {
  /// A sentence for each delivery of a post that cannot be armed again, with what a person can do instead.
  public func objections(toRetrying post: PostID, _ account: AccountName?) -> [String] {
    let posts = desired.posts(of: post)
    guard posts.count == 1, let found = posts.first else {
      return [posts.isEmpty ? unknown(post) : "\(post) is the id of several files: \(posts.map(\.path).sorted().joined(separator: ", "))"]
    }
    if let account, !found.accounts.contains(account) { return [foreign(account, to: found)] }
    let accounts = account.map { [$0] } ?? found.accounts.sorted()
    guard !accounts.isEmpty else { return ["\(post) goes to no account: \(found.problem ?? "its file names none")"] }
    return accounts.map { objection(toRetrying: DeliveryID(post: post, account: $0), of: found) }
  }

  /// Why nobody has to say how a delivery ended.
  public func objection(toResolving id: DeliveryID) -> String {
    let observation = observed[id]
    guard observation == nil else { return "\(id) \(words(of: id)); only what is in doubt is resolved" }
    guard let post = desired.posts(of: id.post).first else { return unknown(id.post) }
    guard post.accounts.contains(id.account) else { return foreign(id.account, to: post) }
    return "\(id) \(words(of: id)); only what is in doubt is resolved"
  }

  private func objection(toRetrying id: DeliveryID, of post: DesiredPost) -> String {
    let words = words(of: id)
    guard let observation = observed[id] else { return "\(id) \(words)" }
    let isOut = observation.state.name.isOut && observation.state != .inDoubt
    return "\(id) \(words)" + (isOut ? "; what went out is never sent again: to say it again, copy the file under another name" : "")
  }

  /// How a delivery stands, as the end of a sentence.
  private func words(of id: DeliveryID) -> String {
    if inFlight[id] != nil, observed[id]?.state != .submitted { return "is on its way out right now" }
    let found = desired.delivery(id)
    if let (post, delivery) = found, !(observed[id]?.state.name.isOut ?? false), let hold = hold(post, delivery, now: now()) {
      return "is held and goes out by itself once that has ended: \(hold.text)"
    }
    guard let observation = observed[id] else {
      guard let (_, delivery) = found else { return "is held: its file, or that of the account, has errors (posthorn validate)" }
      return "has not been tried yet, and goes out by itself at \(delivery.scheduledAt)"
    }
    let end = observation.outcome?.finishedAt
    switch observation.state {
    case .published: return "was published" + (end.map { " at \($0)" } ?? "")
    case .delivered: return "was delivered" + (end.map { " at \($0)" } ?? "")
    case .submitted: return "was accepted by the platform, which is still working on it"
    case .inDoubt:
      return "may have gone out: look at the account, then say posthorn resolve \(id.post) \(id.account) --published, or --not-published"
    case .retrying(let instant): return "is tried again by itself at \(instant)"
    case .failed, .missed, .cancelled:
      return "is \(observation.state.name.rawValue) and can be armed again: posthorn retry \(id.post) \(id.account)"
    case .scheduled, .publishing, .held: return "goes out by itself" + (found.map { " at \($0.delivery.scheduledAt)" } ?? "")
    }
  }

  private func unknown(_ post: PostID) -> String {
    var known: [String] = []
    desired.forEach { known.append($0.id.text) }
    let question = Spelling.nearest(to: post.text, among: known).map { "; did you mean \($0)?" } ?? ""
    let commit =
      desired.commit.map { "at \($0.hex.prefix(12)), the last commit that this host has adopted" } ?? "here: nothing was fetched yet"
    return "there is no post \(post) \(commit)\(question)"
  }

  private func foreign(_ account: AccountName, to post: DesiredPost) -> String {
    "\(post.id) does not go to \(account), but to \(post.accounts.map(\.text).sorted().joined(separator: ", "))"
  }
}
