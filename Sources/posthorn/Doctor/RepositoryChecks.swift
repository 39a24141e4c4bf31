import Engine
import Git
import Platforms
import Schedule

/// The repository: which one it is, whether it is reached, and what stands in it.
enum RepositoryChecks {
  static func run(_ options: ResolvedOptions, _ access: HostAccess) -> ([Finding], Location?) {
    let location: Location
    do { location = try resolveLocation(options, access) } catch {
      // An error of git says itself what to type, where there is something.
      let advice = error.description.contains("; ") ? nil : "name it with --repo, and its branch with --branch"
      return ([Finding(level: .fail, subject: "repository", text: error.description, advice: advice)], nil)
    }
    var findings = [Finding.ok("repository", location.summary)]
    switch location {
    case .remote(let url, let branch): findings += ssh(RemoteURL(url), access) + reach(url, branch, access)
    case .bare(let path, let branch), .workTree(let path, let branch): findings += tip(of: branch, in: path)
    }
    if case .remote = location {} else { findings += settings(options) }
    return (findings + hooks(options), location)
  }

  private static func reach(_ url: String, _ branch: String, _ access: HostAccess) -> [Finding] {
    do throws(GitError) {
      let branches = try RemoteBranches(of: url, access: access.git)
      guard let tip = branches.commits[branch] else {
        let names = branches.commits.keys.sorted().prefix(10).joined(separator: ", ")
        return [
          .fail(
            "branch", "\(RemoteURL(url).shown) has no branch \(branch)",
            names.isEmpty ? "push a commit" : "it has \(names); name one with --branch")
        ]
      }
      return [.ok("branch", "\(branch) is at \(tip.hex.prefix(12))")]
    } catch {
      return [.fail("remote", error.description, advice(on: error.reason, url))]
    }
  }

  private static func advice(on reason: GitError.Reason, _ url: String) -> String {
    let host = RemoteURL(url).host
    return switch reason {
    case .hostKey: "compare its fingerprint with the operator's, then: ssh-keyscan -t ed25519 \(host) >> ~/.ssh/known_hosts"
    case .auth: "for ssh an ed25519 key (--git-key), for https an owner-only file (--git-credential)"
    case .certificate: "install the authority's certificate, or name it with --ca-file"
    default: "check the URL and the network: git ls-remote \(RemoteURL(url).shown)"
    }
  }

  private static func ssh(_ url: RemoteURL, _ access: HostAccess) -> [Finding] {
    guard url.scheme == .ssh else { return [] }
    guard Environment.current["HOME"] != nil || access.git.knownHosts.contains(where: FileBytes.exists) else {
      return [.fail("known_hosts", "HOME is not set, so no known_hosts is read", "set HOME, or name a file with --known-hosts")]
    }
    var findings: [Finding] = []
    if let file = access.git.knownHosts.first(where: FileBytes.exists) {
      findings.append(.ok("known_hosts", file))
    } else {
      findings.append(
        .fail(
          "known_hosts", "there is none of \(access.git.knownHosts.joined(separator: ", "))",
          "ssh-keyscan -t ed25519 \(url.host) >> ~/.ssh/known_hosts"))
    }
    if access.git.credentials.isEmpty {
      findings.append(
        .fail(
          "ssh key", "there is no agent and no ~/.ssh/id_ed25519",
          "ssh-keygen -t ed25519, or name a key with --git-key (rsa keys do not work)"))
    }
    return findings
  }

  private static func tip(of branch: String, in path: String) -> [Finding] {
    do throws(GitError) {
      let repository = try Repository(screened: path)
      guard let tip = try repository.reference("refs/heads/\(branch)") else {
        return [
          .fail("branch", "there is no branch \(branch), or nothing was committed to it", "commit something, or name another with --branch")
        ]
      }
      let committed = Instant(seconds: try repository.commit(tip).committer.time)
      let findings = [Finding.ok("branch", "\(branch) is at \(tip.hex.prefix(12))")]
      guard committed > .now + .seconds(300) else { return findings }
      return findings + [
        .warn("clock", "the newest commit is of \(committed), which is still to come here", "compare the clocks of both hosts: date -u")
      ]
    } catch {
      return [.fail("branch", error.description, "git -C \(path) fsck")]
    }
  }

  /// Settings with an error are not gone by.
  private static func settings(_ options: ResolvedOptions) -> [Finding] {
    // What else is wrong with the content has its own words.
    guard let view = try? RepositoryView(options), let zones = try? Zones.host(),
      let content = try? CommitContent(view.commit, in: view.path, folder: options.folder, only: [])
    else { return [] }
    let host = ValidationHost(zones: zones, platforms: Shipped.schemas, now: .now, cores: 1)
    var ignored: [Diagnostic] = []
    guard let catalog = try? Validation.catalog(content.listing, in: content.files, host, &ignored) else { return [] }
    guard let problem = catalog.settingsStanding.problem else { return [.ok("settings", content.listing.settings ?? "the defaults")] }
    return [
      .fail("settings", problem.place, "correct and push it; until then the last good settings stand, and without any everything is held")
    ]
  }

  /// Useful, and never needed.
  private static func hooks(_ options: ResolvedOptions) -> [Finding] {
    guard RemoteURL(options.repo).isLocal else { return [] }
    do throws(GitError) {
      let repository = try Repository(at: Repository.discover(from: RemoteURL(options.repo).path))
      let wanted = HookName.wanted(isServer: repository.isBare)
      let folder: String
      switch try repository.hooksFolder(ofServer: repository.isBare) {
      case .own(let path), .shared(let path, _, _): folder = path
      case .none(let setting, let usual):
        let advice = "git config core.hooksPath \(usual.quotedForShell), then: posthorn hooks install"
        return [.warn("hooks", "git runs none here, because of \(setting)", advice)]
      }
      let missing = wanted.filter { !FileBytes.exists("\(folder)/\($0.rawValue)") }.map(\.rawValue)
      guard !missing.isEmpty else { return [.ok("hooks", wanted.map(\.rawValue).joined(separator: ", "))] }
      return [.warn("hooks", "\(missing.joined(separator: " and ")) not installed", "posthorn hooks install")]
    } catch { return [.warn("hooks", error.description, "posthorn hooks install")] }
  }
}
