import Git
import Platforms
import Schedule

extension RepositoryView {
  /// The newest commit with records, wherever the settings send them; `nil` where nothing was recorded yet.
  ///
  /// - Parameter folder: the content folder; `record.branch` is all that is needed of the content.
  func records(folder: String) throws(Failure) -> ObjectID? {
    let content = try CommitContent(commit, in: path, folder: folder, only: [])
    let host = ValidationHost(zones: try .host(), platforms: Shipped.schemas, now: .now, cores: 1)
    var ignored: [Diagnostic] = []
    return try records(onBranch: try Validation.catalog(content.listing, in: content.files, host, &ignored).settings.record.branch)
  }
}
