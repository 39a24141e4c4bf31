import Foundation
import Support

/// Real keys of one test's own, made and used by the programs that people sign with.
final class SSHSigner {
  let folder: TemporaryFolder
  private var path: String { folder.path("key") }

  init(_ type: String, bits: Int? = nil) throws {
    folder = try TemporaryFolder("ssh")
    try run(["ssh-keygen", "-q", "-t", type] + (bits.map { ["-b", "\($0)"] } ?? []) + ["-N", "", "-C", "", "-f", path])
  }

  /// `ssh-ed25519 AAAA…`
  var publicKey: String {
    get throws { try Posthorn.text(path + ".pub").trimmingCharacters(in: .whitespacesAndNewlines) }
  }

  func sign(_ payload: [UInt8], for namespace: String = "git") throws -> [UInt8] {
    try Data(payload).write(to: URL(fileURLWithPath: folder.path("payload")))
    try? FileManager.default.removeItem(atPath: folder.path("payload.sig"))  // There is none before the first.
    try run(["ssh-keygen", "-q", "-Y", "sign", "-f", path, "-n", namespace, folder.path("payload")])
    return Array(try Posthorn.text(folder.path("payload.sig")).utf8)
  }
}

/// A keyring of gpg's own, whose agent is stopped at the end.
final class GPGSigner {
  let folder: TemporaryFolder
  private(set) var fingerprint = ""

  /// - Parameters:
  ///   - use: `sign`, or `cert` for a primary key that signs nothing itself.
  ///   - time: when it is made, as gpg is told; now otherwise.
  init(_ algorithm: String, use: String = "sign", name: String = "Ada <ada@example.org>", at time: String? = nil) throws {
    folder = try TemporaryFolder("gpg")
    try gpg("--quick-gen-key", name, algorithm, use, "never", at: time)
    let listing = try gpg("--list-keys", "--with-colons")
    fingerprint = listing.split(separator: "\n").first { $0.hasPrefix("fpr:") }?.split(separator: ":").last.map(String.init) ?? ""
  }

  deinit { _ = try? run(["gpgconf", "--homedir", folder.path, "--kill", "all"]) }  // Nothing depends on it.

  @discardableResult
  func gpg(_ arguments: String..., at time: String? = nil, input: [UInt8] = []) throws -> String {
    let faked = time.map { ["--faked-system-time", $0] } ?? []
    return try run(
      ["gpg", "--homedir", folder.path, "-q", "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""] + faked + arguments,
      input: Data(input))
  }

  func sign(_ payload: [UInt8], hash: String = "SHA256") throws -> [UInt8] {
    Array(try gpg("--local-user", fingerprint, "--digest-algo", hash, "--armor", "--detach-sign", input: payload).utf8)
  }

  var publicKeys: [UInt8] {
    get throws { Array(try gpg("--armor", "--export").utf8) }
  }

  /// As if the key had been stolen: with the certificate that gpg made for that day.
  func revoke() throws {
    let certificate = try Posthorn.text(folder.path("openpgp-revocs.d/\(fingerprint).rev"))
    try gpg("--import", input: Array(certificate.replacing("\n:-----", with: "\n-----").utf8))
  }
}

let payload = Array("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor Ada\n\nLaunch\n".utf8)
