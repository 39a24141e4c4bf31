import ArgumentParser
import Engine
import Glibc
import Signatures

/// Flags that name who may sign; the host's alone, never from the repository.
struct SignerFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Who may sign commits with ssh keys, in OpenSSH's format; every commit that could schedule something has to be signed then.",
      valueName: "file"))
  var allowedSigners: String?
  @Option(
    name: .customLong("openpgp-keys"),
    help: ArgumentHelp("Armored OpenPGP keys that may sign commits, in the same way.", valueName: "file"))
  var openPGPKeys: String?
}

/// The files with the keys of those who may sign. They are read again for each adoption: another signer needs no restart.
struct SignerFiles: Sendable {
  private let allowedSigners: String?
  private let openPGPKeys: String?

  init(_ flags: SignerFlags, _ host: HostOptions) {
    allowedSigners = flags.allowedSigners ?? host[.allowedSigners]
    openPGPKeys = flags.openPGPKeys ?? host[.openPGPKeys]
  }

  /// What says whose signature counts; `nil` where the host names nobody. What is wrong with a file is said here, before it is needed.
  func verifier() throws(Failure) -> (@Sendable () throws -> VerifySignature)? {
    guard allowedSigners != nil || openPGPKeys != nil else { return nil }
    let gpgv = openPGPKeys == nil ? "" : try Self.gpgv()
    _ = try open(gpgv)
    return { try self.open(gpgv) }
  }

  /// Where the program is that verifies signatures with OpenPGP keys.
  private static func gpgv() throws(Failure) -> String {
    let folders = (Environment.current["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").filter { $0.hasPrefix("/") }
    for folder in folders where access("\(folder)/gpgv", X_OK) == 0 { return "\(folder)/gpgv" }
    throw .couldNot("--openpgp-keys needs the program gpgv, which is not installed; run: apt-get install gpgv")
  }

  private func open(_ gpgv: String) throws(Failure) -> VerifySignature {
    let verifier: SignatureVerifier
    do throws(SignerFileError) {
      verifier = try SignatureVerifier(allowedSigners: try bytes(allowedSigners), openPGPKeys: try bytes(openPGPKeys), gpgv: gpgv)
    } catch {
      let files = [allowedSigners, openPGPKeys].compactMap(\.self).joined(separator: " or ")
      throw .couldNot("the keys of those who may sign, \(files): \(error); correct the file, or name another one")
    }
    return { payload, signature, time in
      do throws(SignatureError) {
        _ = try verifier.verify(payload, signature: signature, at: time)
        return nil
      } catch {
        return error.description
      }
    }
  }

  private func bytes(_ path: String?) throws(SignerFileError) -> [UInt8]? {
    guard let path else { return nil }
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw SignerFileError(line: nil, reason: "cannot be used: \(FileError(path: path, code: errno))") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IWOTH == 0 else {
      throw SignerFileError(line: nil, reason: "cannot be used: everybody may write to \(path); run: chmod o-w \(path)")
    }
    let bytes: [UInt8]
    do throws(FileError) { bytes = try FileBytes.read(descriptor, named: path, atMost: Self.fileLimit) } catch {
      throw SignerFileError(line: nil, reason: "cannot be used: \(error)")
    }
    guard bytes.count <= Self.fileLimit else { throw SignerFileError(line: nil, reason: "cannot be used: \(path) is longer than 1 MiB") }
    return bytes
  }

  private static let fileLimit = 1 << 20
}
