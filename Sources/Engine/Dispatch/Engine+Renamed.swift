import Git
import Logging
import Schedule

/// Guarantee 6, for what has another name: what went out, or may have, is held where it is asked for again under a new one.
extension Engine {
  /// Why a delivery is held that is another one under a new name; `nil` once a person has armed it, or where the old one did not go out.
  func renamedHold(_ post: DesiredPost, _ delivery: DesiredDelivery) -> HoldReason? {
    guard !delivery.renames.isEmpty else { return nil }
    let id = DeliveryID(post: post.id, account: delivery.account)
    guard observed[id]?.armedByPersonAt == nil else { return nil }
    return delivery.renames.lazy.compactMap { renaming in
      self.standing(of: renaming.old).map { .renamed(Renamed(id, is: renaming.old, $0)) }
    }.first
  }

  /// How far a delivery got that nobody asks for any more; `nil` where it did not go out.
  private func standing(of id: DeliveryID) -> Renamed.Standing? {
    observed[id].flatMap { Renamed.Standing($0.state.name, at: $0.outcome?.finishedAt) }
  }

  /// What was held because it is this delivery under a new name is looked at again, now that it is known how it ended.
  func reconsiderRenamed(from old: DeliveryID) {
    for id in heldWhenDue where desired.delivery(id)?.delivery.renames.contains(where: { $0.old == old }) == true { markDirty(id.post) }
    reconsiderHeld()
  }

  /// Looks among what went out under names that are gone for longer, or that this state directory has never seen, for what is asked for now.
  ///
  /// What is due already can be at the same instant as something that went out: it is asked of the records of that day alone. What is in doubt
  /// is compared with everything new.
  ///
  /// - Parameter posts: those that changed; `nil` where all are new here.
  func findRenamed(_ posts: PostChanges?) async throws {
    let now = now()
    var due: [DeliveryID: DesiredDelivery] = [:]
    var fresh: [DeliveryID: DesiredDelivery] = [:]
    let doubts = observed.doubts.filter { !desired.asks(for: $0) }
    func look(at post: DesiredPost) {
      guard post.problem == nil else { return }
      for delivery in post.deliveries {
        let id = DeliveryID(post: post.id, account: delivery.account)
        guard !observed.isOver(id, at: delivery.scheduledAt), observed[id].map({ $0.armsAgain && $0.armedByPersonAt == nil }) ?? true,
          desired.delivery(id).map({ $0.delivery.renames.isEmpty }) ?? false
        else { continue }
        if delivery.scheduledAt <= now { due[id] = delivery }
        if !doubts.isEmpty { fresh[id] = delivery }
      }
    }
    if let posts { posts.present.forEach(look) } else { desired.forEach(through: doubts.isEmpty ? now : .distantFuture, look) }
    guard !due.isEmpty || !fresh.isEmpty else { return }
    var olds = try await oldDeliveries(dueAt: Set(due.values.map(\.scheduledAt)))
    for id in doubts { if let intent = observed[id]?.lastIntent { olds.append(OldDelivery(id: id, intent: intent, standing: .inDoubt)) } }
    guard !olds.isEmpty, let catalog = desired.catalog else { return }
    let search = try await reading { [olds] in try await content.renames(of: olds, catalog: catalog) }
    for (id, delivery) in due.merging(fresh, uniquingKeysWith: { $1 }) {
      guard let post = desired.post(id.post) else { continue }
      let renames = search.renames(of: delivery, in: post)
      guard !renames.isEmpty else { continue }
      desired.note(renames, of: id)
      markDirty(id.post)
    }
  }

  /// Looks, where nothing is known of what was adopted before, for what one push renamed and gave another time.
  ///
  /// Which commits came in one push nobody has written down, but for records between them: whatever may have, counts, as it can be let go and
  /// not be taken back.
  ///
  /// Only what went out in the last weeks is compared, with what is still to come; of what says the same, the commits since tell.
  func findMoved(upTo tip: ObjectID) async throws {
    let now = now()
    let days = Set((0..<Self.daysCompared).map { now - .seconds(86_400 * Int64($0)) })
    let olds = try await oldDeliveries(on: days) { id, _ in !desired.asks(for: id) }
    guard !olds.isEmpty, let catalog = desired.catalog else { return }
    let search = try await reading { try await content.renames(of: olds, catalog: catalog, isMove: true) }
    var found: [(id: DeliveryID, path: String, renames: [Renaming])] = []
    desired.forEach(through: .distantFuture) { post in
      for delivery in post.deliveries where delivery.renames.isEmpty && found.count < Self.mostCompared {
        let id = DeliveryID(post: post.id, account: delivery.account)
        guard post.problem == nil, observed[id] == nil, desired.post(post.id) != nil else { continue }
        let renames = search.renames(of: delivery, in: post)
        if !renames.isEmpty { found.append((id, post.path, renames)) }
      }
    }
    guard !found.isEmpty else { return }
    let intents = Dictionary(olds.map { ($0.id, $0.intent) }) { first, _ in first }
    let pairs = found.flatMap { item in
      item.renames.compactMap { renaming in intents[renaming.old].map { RenamedFile(old: $0.path, new: item.path, since: $0.source.commit) }
      }
    }
    let adopted = try await reading { try await repository.adoptedCommits() }
    let moved = try await reading { try await content.moved(pairs, upTo: tip, adopted: adopted) }
    for item in found {
      let renames = item.renames.filter { renaming in
        intents[renaming.old].map { moved.contains(RenamedFile(old: $0.path, new: item.path, since: $0.source.commit)) } ?? false
      }
      guard !renames.isEmpty else { continue }
      desired.note(renames, of: item.id)
      markDirty(item.id.post)
    }
  }

  private static let daysCompared = 35
  private static let mostCompared = 1000

  /// What went out, or may have, at one of these instants: of what is still asked for, it counts where it says something else now.
  private func oldDeliveries(dueAt wanted: Set<Instant>) async throws -> [OldDelivery] {
    wanted.isEmpty ? [] : try await oldDeliveries(on: wanted) { wanted.contains($1.scheduledAt) }
  }

  /// The same for the days of these instants, and those of them that count.
  private func oldDeliveries(
    on days: Set<Instant>, where isWanted: (DeliveryID, Observation) -> Bool
  ) async throws -> [OldDelivery] {
    var olds: [OldDelivery] = []
    func old(_ attempt: AttemptID) -> Renamed.Standing? {
      guard let observation = observed[attempt.delivery], observation.attempts == attempt.number, isWanted(attempt.delivery, observation)
      else { return nil }
      return standing(of: attempt.delivery)
    }
    for (attempt, ended) in observed.unrecorded {
      if let standing = old(attempt) { olds.append(oldDelivery(attempt.delivery, ended.intent, standing)) }
    }
    let found = try await reading { try await repository.attempts(dueAt: days) }
    for (file, attempt) in found {
      guard let standing = old(attempt), let intent = try await reading({ try await repository.intent(in: file) }) else { continue }
      olds.append(oldDelivery(attempt.delivery, intent, standing))
    }
    return olds
  }

  private func oldDelivery(_ id: DeliveryID, _ intent: Intent, _ standing: Renamed.Standing) -> OldDelivery {
    OldDelivery(id: id, intent: intent, standing: standing, current: desired.delivery(id)?.delivery.said)
  }
}

/// A delivery that nobody asks for any more, with what it was about.
struct OldDelivery: Sendable {
  var id: DeliveryID
  var intent: Intent
  var standing: Renamed.Standing
  /// What is asked for under its name now.
  var current: Said?
}

extension SourceRepository {
  /// The history files of attempts that were due on the days of these instants.
  func attempts(dueAt instants: Set<Instant>) throws -> [(file: RecordFile, attempt: AttemptID)] {
    let days = Set(instants.map { HistoryRecord.folder(ofDay: $0) })
    let handle = try opened()
    var found: [(RecordFile, AttemptID)] = []
    for branch in Set([recordBranch] + otherBranches) {
      guard let tip = try handle.repository.reference(reference(of: branch)) else { continue }
      let tree = try handle.repository.tree(of: tip)
      for day in days {
        try handle.repository.walk(tree, under: "\(folder)/\(day)", through: .anyFolders) { path, entry in
          guard let attempt = HistoryRecord.attempt(ofFile: ContentPath.inside(folder, path)) else { return }
          found.append((RecordFile(path: path, entry: entry), attempt))
        }
      }
    }
    return found
  }

  /// The commits of which records tell that they were adopted: what each followed from, where it names one, and what it was put upon.
  func adoptedCommits() throws -> Set<ObjectID> {
    let handle = try opened()
    let tips = try Set([recordBranch] + otherBranches).compactMap { try handle.repository.reference(reference(of: $0)) }
    var adopted: Set<ObjectID> = []
    for id in try tips.isEmpty ? [] : handle.repository.commits(in: tips, limit: .max) {
      let commit = try handle.repository.commit(id)
      guard let form = RecordForm(commit) else { continue }
      adopted.formUnion(commit.parents + [id])
      if let source = form.source { adopted.insert(source) }
    }
    return adopted
  }

  func intent(in file: RecordFile) throws -> Intent? { try found(file.entry, at: file.path, in: opened().repository)?.record.intent }
}

/// A post's file, where it was when it went out, and where it may be now.
struct RenamedFile: Hashable, Sendable {
  var old: String
  var new: String
  /// The commit that asked for the old one.
  var since: String
}

/// A history file as a tree has it.
struct RecordFile: Sendable {
  var path: String
  var entry: TreeEntry
}

extension ContentSource {
  /// What old deliveries said, by the commits that asked for them, and which of today's accounts they went to.
  ///
  /// - Parameter isMove: whether they may be at another instant by now.
  func renames(of olds: [OldDelivery], catalog: Catalog, isMove: Bool = false) throws -> RenameSearch {
    var names: [AccountName: [AccountName]] = [:]
    var said: [(OldDelivery, Said)] = []
    for old in olds {
      guard let post = try words(of: old.intent) else { continue }
      let words = Said(post, for: old.id.account)
      guard words != old.current else { continue }
      said.append((old, words))
      guard catalog.accounts[old.id.account] == nil, let account = try account(old.id.account, of: old.intent) else { continue }
      for name in catalog.accounts.keys where catalog.account(name)?.isSamePlace(as: account) == true {
        if names[name]?.contains(old.id.account) != true { names[name, default: []].append(old.id.account) }
      }
    }
    var search = RenameSearch(earlierNames: names)
    for (old, said) in said {
      search.add(.init(id: old.id, said: said, scheduledAt: old.intent.scheduledAt, standing: old.standing, isMove: isMove))
    }
    return search
  }

  /// Those of the files that one commit, or several that may have been adopted together, took away under the old path and brought under the new
  /// one, or gave another id in their place.
  ///
  /// - Parameter adopted: commits of which records tell that they were adopted.
  func moved(_ files: [RenamedFile], upTo tip: ObjectID, adopted: Set<ObjectID>) throws -> Set<RenamedFile> {
    var (moved, rest) = (Set(files.filter { $0.old == $0.new }), Set(files.filter { $0.old != $0.new }))
    guard !rest.isEmpty else { return moved }
    try withRepository { repository in
      for id in try repository.commits(in: [tip], limit: .max).reversed() where !rest.isEmpty {
        let commit = try repository.commit(id)
        guard let parent = try commit.parents.first.map({ id throws(GitError) in try repository.tree(of: id) }) else { continue }
        try take(&rest, into: &moved, between: (parent, commit.tree), in: repository)
      }
      var later = try repository.tree(of: tip)
      for commit in try repository.firstParents(from: tip, limit: .max) where !rest.isEmpty && adopted.contains(commit.id) {
        try take(&rest, into: &moved, between: (commit.tree, later), in: repository)
        later = commit.tree
      }
    }
    return moved
  }

  /// Takes those that one tree has under the old path alone, and a later one under the new path alone.
  private func take(
    _ rest: inout Set<RenamedFile>, into moved: inout Set<RenamedFile>, between trees: (before: ObjectID, after: ObjectID),
    in repository: borrowing Repository
  ) throws {
    let folders = try [trees.before, trees.after].map { try repository.entry(at: "\(folder)/posts", in: $0) }
    guard folders[0] != folders[1] else { return }
    let places = Set(rest.flatMap { [$0.old, $0.new] })
    let before = Set(try repository.entries(at: places, in: trees.before).keys.map { String(decoding: $0, as: UTF8.self) })
    let after = Set(try repository.entries(at: places, in: trees.after).keys.map { String(decoding: $0, as: UTF8.self) })
    let found = rest.filter { before.contains($0.old) && !after.contains($0.old) && !before.contains($0.new) && after.contains($0.new) }
    moved.formUnion(found)
    rest.subtract(found)
  }

  private func words(of intent: Intent) throws -> Post? {
    let bytes = try withRepository { try file(of: intent, in: $0) }
    return bytes.flatMap { reader.words($0, at: intent.path, zones: environment.zones) }
  }

  /// An account that is gone, as it was when something was sent to it.
  private func account(_ name: AccountName, of intent: Intent) throws -> Account? {
    try withRepository { repository -> Account? in
      guard let commit = ObjectID(hex: intent.source.commit), repository.hasCommit(commit) else { return nil }
      let tree = try repository.tree(of: commit)
      for ending in ["yaml", "yml"] {
        let path = "\(folder)/accounts/\(name).\(ending)"
        guard let entry = try repository.entry(at: path, in: tree), entry.problem == nil, entry.kind != .folder else { continue }
        let file = ContentFile(path: path, bytes: try repository.blob(entry.id, limit: CommitPosts.largest))
        let schemas = Dictionary(environment.platforms.map { ($0.name, $0) }) { first, _ in first }
        return reader.account(file, zones: environment.zones, among: schemas)
      }
      return nil
    }
  }
}
