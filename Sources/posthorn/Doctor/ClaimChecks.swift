import Engine
import Platforms
import Schedule
import StateDirectory

/// Claims in the repository, as it was fetched last.
enum ClaimChecks {
  static func run(_ options: ResolvedOptions, _ access: HostAccess, _ location: Location) async -> [Finding] {
    do {
      let path = try StateLocation.path(options.state, for: location, folder: options.folder)
      let state = FileBytes.exists(path) ? try Folder(at: path) : nil
      let claims = try await DoubtfulClaim.all(
        of: location, folder: options.folder, state: state, sealKey: access.sealKey, zones: try .host(), platforms: Shipped.schemas)
      return claims.map {
        .fail(
          "claim", "nobody vouches for \($0.path), so it says nothing and keeps its delivery until its term has passed: \($0.why)",
          "git log -1 -- \($0.path)")
      }
    } catch {
      return []  // What is wrong with the repository or the state directory was said by their own checks.
    }
  }
}
