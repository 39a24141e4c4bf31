import Foundation
import Git
import Support
import Testing

/// A bare repository that is served, its first commit, and a mirror of ours beside it.
struct Upstream {
  let bare: GitClient
  let tip: ObjectID
  let folder: TemporaryFolder

  init(at path: String? = nil) throws {
    folder = try TemporaryFolder("upstream")
    let seed = try GitClient.create(at: folder.path("seed"))
    tip = try #require(ObjectID(hex: seed.commit(["seed": "1"])))
    bare = GitClient(at: path ?? folder.path("bare.git"))
    try run(["git", "clone", "-q", "--bare", "--no-local", seed.path, bare.path])
    try bare.git("config", "http.receivepack", "true")
  }

  func mirror() throws -> Repository { try Repository.create(bareAt: folder.path("mirror.git")) }

  /// Makes git run `script` at the point that `hook` names.
  func hook(_ name: String, _ script: String) throws {
    try run(["sh", "-c", "cat > hooks/\(name) && chmod +x hooks/\(name)"], in: bare.path, input: .init("#!/bin/sh\n\(script)\n".utf8))
  }

  func head() throws -> String { try bare.git("rev-parse", "main") }
}

extension Repository {
  /// A commit that adds `path`, on top of `base`.
  func commit(_ path: String, onto base: ObjectID, message: String? = nil) throws -> ObjectID {
    try #require(try write([FileEdit(path: path, content: [1])], onto: base, message: message ?? path, author: .author, committer: .author))
  }
}
