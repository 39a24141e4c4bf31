import Git
import Platforms
import Schedule

extension RepositoryView {
  /// The newest commit with records, wherever the settings send them; `nil` where nothing was recorded yet.
  ///
  /// - Parameter folder: the content folder; `record.branch` is all that is needed of the content.
  func records(folder: String) throws(Failure) -> ObjectID? {
    try records(onBranch: settings(folder: folder, zones: .host()).record.branch)
  }

  /// The settings at the commit that posts are read from.
  func settings(folder: String, zones: Zones) throws(Failure) -> Settings {
    let content = try CommitContent(commit, in: path, folder: folder, only: [])
    let host = ValidationHost(zones: zones, platforms: Shipped.schemas, now: .now, cores: 1)
    var ignored: [Diagnostic] = []
    return try Validation.catalog(content.listing, in: content.files, host, &ignored).settings
  }
}
