public import Schedule

/// What came of asking a platform about an account.
public enum AccountNews: Equatable, Sendable {
  case seen(AccountRecord)
  /// What was seen before stands beside the error.
  case failed(AccountName, platform: String, DeliveryError)

  public var account: AccountName {
    switch self {
    case .seen(let record): record.account
    case .failed(let account, _, _): account
    }
  }

  /// The account's file, given what it holds now.
  func record(over known: AccountRecord?) -> AccountRecord {
    switch self {
    case .seen(let record): return record
    case .failed(let account, let platform, let error):
      var record = known ?? AccountRecord(account: account, platform: platform, syncedAt: nil)
      record.error = error
      return record
    }
  }
}
