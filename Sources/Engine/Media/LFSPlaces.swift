import Git
import HTTP
import LFS
import Schedule

/// Where the objects of Git LFS may be that posts take along.
struct LFSPlaces: Equatable, Sendable {
  /// Of a repository on this machine: `lfs/objects` in its git directory.
  var objects: String?
  /// `lfs.url` of the repository's own configuration, which nobody pushes.
  var configured: String?
  /// `lfs.url` of `.lfsconfig`.
  var chosen: String?
  /// The remote whose own server is asked otherwise.
  var remote: String?

  /// The file of an object in the repository itself. Source: Git LFS, docs/spec.md, "Intercepting Git".
  func file(of oid: String) -> String? { objects.map { "\($0)/\(oid.prefix(2))/\(oid.dropFirst(2).prefix(2))/\(oid)" } }

  /// The server to ask, in the order of git-lfs-config(5). Of what `.lfsconfig` says, the address is all that is read, and into private networks
  /// it leads no further than to the remote's own host and to `privateHosts`: anybody who can push may have written it.
  func server(_ credential: BasicCredential?, privateHosts: Set<String> = []) throws(DeliveryError) -> Server {
    if let configured {
      return Server(try endpoint(configured, "lfs.url in the repository's configuration"), choice: .host, credential: credential)
    }
    if let chosen {
      let own = remote.map { RemoteURL($0).host.lowercased() } ?? ""
      return Server(
        try endpoint(chosen, "lfs.url in .lfsconfig"), choice: .repository, credential: nil,
        privateHosts: privateHosts.union(own.isEmpty ? [] : [own.contains(":") ? "[\(own)]" : own]))
    }
    guard let url = remote.flatMap({ RemoteURL($0).lfsServer }), let endpoint = try? Endpoint(url) else {  // whatever its problem
      throw DeliveryError(
        .content, code: "lfs.nowhere",
        message:
          "it is in Git LFS, and the repository neither has it nor names a server; push it with git lfs push, or set lfs.url in .lfsconfig")
    }
    return Server(endpoint, choice: .remote, credential: credential)
  }

  private func endpoint(_ url: String, _ place: String) throws(DeliveryError) -> Endpoint {
    do { return try Endpoint(url) } catch {
      throw DeliveryError(.content, code: "lfs.url", message: "\(place) \(error); name a server of Git LFS by its https URL")
    }
  }
}

extension RemoteURL {
  /// The server of Git LFS that belongs to a remote; `nil` where none can be reached over http.
  ///
  /// - Source: Git LFS, docs/api/server-discovery.md.
  var lfsServer: String? {
    let place = host.contains(":") ? "[\(host)]" : host
    let origin: String
    switch scheme {
    case .https, .http:
      let port = port.flatMap { $0 == (scheme == .https ? 443 : 80) ? nil : ":\($0)" }
      origin = "\(scheme.rawValue)://\(place)\(port ?? "")"
    case .ssh, .git: origin = "https://\(place)"  // another port is that of another protocol
    case .file, .path, .other: return nil
    }
    var path = path.utf8.prefix { !"?#".utf8.contains($0) }
    while path.last == UInt8(ascii: "/") { path.removeLast() }
    guard !host.isEmpty else { return nil }
    let (start, end) = (path.first == UInt8(ascii: "/") ? "" : "/", path.suffix(4).elementsEqual(".git".utf8) ? "" : ".git")
    return "\(origin)\(start)\(Substring(path))\(end)/info/lfs"
  }
}

extension ContentSource {
  /// Where the objects may be, as far as the repository says it at `commit`: a mirror's remote is known to whoever made it.
  func lfsPlaces(_ commit: ObjectID) throws -> LFSPlaces {
    let isLocal = isLocal
    return try withRepository { repository in
      var places = LFSPlaces()
      if isLocal {
        places.objects = repository.commonPath + "lfs/objects"
        places.remote = try repository.mainRemote
        // What another protocol serves is for git-lfs.
        places.configured = try repository.setting("lfs.url").flatMap { $0.lowercased().hasPrefix("http") ? $0 : nil }
      }
      guard let entry = try repository.entry(at: ".lfsconfig", in: try repository.tree(of: commit)), entry.problem == nil,
        entry.kind != .folder, try repository.blobSize(entry.id) <= ConfigFile.longest
      else { return places }
      places.chosen = ConfigFile.url(in: try repository.blob(entry.id, limit: ConfigFile.longest))
      return places
    }
  }
}
