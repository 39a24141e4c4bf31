import YAML

/// What a post is read against: the settings, the accounts, and what the host knows of zones and platforms.
///
/// It belongs to one commit or one state of a work tree and never changes, so whoever reads posts shares it.
public final class Catalog: Sendable {
  public let settings: Settings
  public let settingsStanding: SettingsStanding
  /// Every account that has a file, by name.
  public let accounts: [AccountName: Entry]
  public let zones: Zones
  public let platforms: [String: PlatformSchema]
  public let media: MediaFolder
  /// What the last sync of an account saw, where that is known.
  let records: [AccountName: AccountRecord]
  /// What is said to whoever names an account that is not there.
  let accountAdvice: String
  /// The settings' zone.
  let zone: Zone?

  public enum Entry: Sendable {
    case valid(Account, Zone?)
    /// Its file has errors: deliveries to it are held. What it says all the same, where that tells its zone.
    case invalid(Account?, Zone?)
  }

  /// Reads settings and accounts.
  ///
  /// - Parameter settings: `posthorn.yaml`, where there is one. Where it has errors, the defaults hold for what could not be read, unless
  ///   there are earlier ones: then these stand as a whole.
  /// - Parameter problem: why that file cannot be read at all, which whoever looked at it reports.
  /// - Parameter earlier: the last settings without an error, where they are known.
  /// - Parameter branches: what the repository has: git keeps none below another.
  /// - Parameter record: what the last sync of an account saw; one of another account or platform is taken for none.
  /// - Parameter diagnostics: gets what is wrong, sorted by place.
  public init(
    settings file: ContentFile?, problem: Diagnostic? = nil, earlier: EarlierSettings? = nil, accounts files: [ContentFile], zones: Zones,
    platforms: [PlatformSchema],
    branches: [String] = [], media: MediaFolder = .unknown, record: (AccountName) -> AccountRecord? = { _ in nil },
    diagnostics: inout [Diagnostic]
  ) {
    self.zones = zones
    self.platforms = Dictionary(platforms.map { ($0.name, $0) }) { first, _ in first }
    self.media = media
    var reader = ContentReader()
    var accounts: [AccountName: Entry] = [:]
    var paths: [AccountName: String] = [:]
    for file in files.sorted(by: { $0.path < $1.path }) {
      let reading = reader.account(file, zones: zones, platforms: self.platforms)
      diagnostics += reading.diagnostics
      guard let name = reading.name else { continue }
      if let earlier = paths[name] {
        diagnostics.append(
          Diagnostic(.idDuplicate, of: file.path, "account \(name) is already in \(earlier)", hint: "remove or rename one of the two files")
        )
        accounts[name] = .invalid(nil, nil)
        continue
      }
      paths[name] = file.path
      accounts[name] = reading.entry
    }
    self.accounts = accounts
    var records: [AccountName: AccountRecord] = [:]
    for case (let name, .valid(let account, _)) in accounts {
      guard let found = record(name), found.account == name, found.platform == account.platform else { continue }
      records[name] = found
    }
    self.records = records
    accountAdvice = Self.advice(on: accounts)
    let reading = file.map { reader.settings($0, zones: zones, accounts: accounts, branches: branches) }
    diagnostics += reading?.diagnostics ?? []
    if let problem = problem ?? reading?.blockingProblem {
      let stand = earlier?.file.map { reader.settings($0, zones: zones, accounts: accounts, branches: branches) }
      if let earlier, stand?.blockingProblem == nil {
        (settings, settingsStanding) = (stand?.settings ?? Settings(), .earlier(commit: earlier.commit, problem))
      } else {
        (settings, settingsStanding) = (reading?.settings ?? Settings(), .unreadable(problem))
      }
    } else {
      (settings, settingsStanding) = (reading?.settings ?? Settings(), .sound)
    }
    zone = settings.timezone.flatMap(zones.zone)
    diagnostics.sort()
  }

  static func advice(on accounts: [AccountName: Entry]) -> String {
    guard !accounts.isEmpty else {
      return "accounts are files below accounts/: add one, such as accounts/outbox.yaml with platform: outbox"
    }
    let names = accounts.keys.sorted().prefix(10).map(\.text).joined(separator: ", ")
    return "add its file below accounts/, or name one of \(names)\(accounts.count > 10 ? ", …" : "")"
  }

  /// The same settings and accounts, with media of another place.
  public func looking(in media: MediaFolder) -> Catalog {
    Catalog(self, media: media)
  }

  private init(_ other: Catalog, media: MediaFolder) {
    (settings, settingsStanding) = (other.settings, other.settingsStanding)
    (accounts, zones, platforms) = (other.accounts, other.zones, other.platforms)
    (records, accountAdvice, zone) = (other.records, other.accountAdvice, other.zone)
    self.media = media
  }

  /// The names that "did you mean" chooses from.
  var accountNames: [String] { accounts.keys.map(\.text) }
}

/// The bytes of a file of the content folder.
public struct ContentFile: Sendable {
  /// Relative to the repository's root.
  public var path: String
  public var bytes: [UInt8]

  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// The file's name without folder and ending.
  public static func stem(of path: String) -> String {
    let bytes = path.utf8
    let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { bytes.index(after: $0) } ?? bytes.startIndex
    return ContentPath.stem(ofName: path[start...]) ?? String(path[start...])
  }
}

extension Catalog {
  /// A valid account; `nil` for one that has no file, or one with errors.
  public func account(_ name: AccountName) -> Account? {
    guard case .valid(let account, _) = accounts[name] else { return nil }
    return account
  }

  /// The platform of an account, of one whose file has errors too where it can be read.
  public func platform(of name: AccountName) -> String? {
    switch accounts[name] {
    case .valid(let account, _), .invalid(let account?, _): account.platform
    case .invalid(nil, _), nil: nil
    }
  }
}
