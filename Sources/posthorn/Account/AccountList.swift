import ArgumentParser
import Engine
import Platforms
import Schedule

/// `posthorn account list`
struct AccountList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the accounts, whether this host is logged in to each, and for how long.")

  @OptionGroup var options: AccountOptions

  func run() async throws {
    let context = try options.context()
    let credentials = try context.credentials()
    let (now, synced) = (Instant.now, records(context))
    let rows = try await context.catalog().accounts.sorted { $0.key < $1.key }.map { name, entry in
      Row(
        name: name, platform: entry.platform, login: LoginState(name, entry, credentials, context.access.endpoints, now: now),
        record: synced[name])
    }
    if context.options.format == .json {
      context.options.console.result(JSON.array(rows.map(\.json)).text())
    } else {
      var table = Table(
        .init("ACCOUNT"), .init("PLATFORM"), .init("LOGIN"), .init("EXPIRES"), .init("LOGIN ENDS"), .init("SCOPES", minimum: 6),
        .init("LAST SYNC"))
      for row in rows { table.add(row.cells(now)) }
      let console = context.options.console
      console.result(table.text(width: Output.standard.width, console.color(on: .standard)))
      if rows.isEmpty {
        let folder = context.options.folder
        console.note(
          "there are no accounts at the head of \(context.location.branch) yet; write one, such as \(folder)/accounts/outbox.yaml with the line "
            + "\"platform: outbox\" (posthorn init does), commit and push it")
      }
    }
  }

  /// What the last syncs saw; nothing where nothing was recorded, or the records cannot be read here.
  private func records(_ context: AccountContext) -> [AccountName: AccountRecord] {
    do throws(Failure) {
      let view = try RepositoryView(context.options)
      guard let commit = try view.records(folder: context.options.folder) else { return [:] }
      return try RecordFolder(at: commit, in: view.path, folder: context.options.folder, complain: context.options.console.note).accounts()
    } catch {
      context.options.console.detail("no account records: \(error)")
      return [:]
    }
  }

  /// One account, what this host has for it, and what its last sync saw.
  private struct Row {
    var name: AccountName
    var platform: String?
    var login: LoginState
    var record: AccountRecord?

    func cells(_ now: Instant) -> [Table.Cell] {
      let synced = record?.syncedAt.map { $0.relative(to: now) } ?? "-"
      return [
        .init(name.text), .init(platform ?? "-"), .init(login.word), .init(login.expiresAt?.relative(to: now) ?? "-"),
        .init(login.refreshExpiresAt?.relative(to: now) ?? "-"), .init(login.scopes.isEmpty ? "-" : login.scopes.joined(separator: ",")),
        .init(record?.error == nil ? synced : "failed, last \(synced)"),
      ]
    }

    var json: JSON {
      [
        "account": .string(name.text), "platform": JSON(platform), "login": .string(login.word), "expires_at": JSON(login.expiresAt),
        "refresh_expires_at": JSON(login.refreshExpiresAt), "scopes": .array(login.scopes.map(JSON.string)),
        "synced_at": JSON(record?.syncedAt), "sync_error": JSON(record?.error?.message),
      ]
    }
  }
}

extension Catalog.Entry {
  fileprivate var platform: String? {
    switch self {
    case .invalid: nil
    case .valid(let account, _): account.platform
    }
  }
}
