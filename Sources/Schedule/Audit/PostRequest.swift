import YAML

/// What a post's file asks for by itself, whatever accounts and settings said at the time.
public struct PostRequest: Equatable, Sendable {
  public var id: PostID
  public var accounts: [AccountName]
  /// `nil` where it cannot be read.
  public var scheduledTime: WallClock?
  public var offset: Offset?
  /// `nil` where the post leaves it to its accounts or the settings, or where nobody knows the zone.
  public var timezone: String?
  public var hasZone: Bool
  /// A file that has errors and does not name itself may be held, and cancelled, under the id that it had before.
  public var isCertain: Bool
}

extension ContentReader {
  /// Reads who and when out of a post's file, errors elsewhere in it or not; `nil` where it is no post.
  public mutating func request(_ bytes: [UInt8], at path: String, zones: Zones) -> PostRequest? {
    var ignored: [Diagnostic] = []
    let catalog = Catalog(settings: nil, accounts: [], zones: zones, platforms: [], diagnostics: &ignored)
    return bytes.withUnsafeBufferPointer { bytes in
      guard let root = begin(bytes, at: path, kind: "a post") else { return nil }
      let draft = draft(root, stem: ContentFile.stem(of: path), catalog)
      guard let id = draft.id else { return nil }
      return PostRequest(
        id: id, accounts: draft.accounts.map(\.item), scheduledTime: draft.scheduledTime?.clock, offset: draft.scheduledTime?.offset,
        timezone: draft.zone?.name, hasZone: draft.hasZone,
        // Which platforms there are is not asked here.
        isCertain: draft.idSpan != .wholeFile || !diagnostics.contains { $0.severity == .error && $0.rule != .platformUnknown })
    }
  }
}
