import Signatures

extension FuzzTarget {
  /// What stands on a commit and says who signed it, and the host's own lists of who may.
  static let signatures = [
    FuzzTarget("signature") { bytes in
      do {
        let signer = try verifier.verify(Array("not what was signed\n".utf8), signature: bytes, at: 1_800_000_000)
        throw Finding(description: "\(signer) is believed to have signed what no seed signs")
      } catch let error as SignatureError {
        try expect(isClean("\(error)"), "an error of a signature reaches the terminal unescaped")
      }
    },
    FuzzTarget("signers") { bytes in
      do { _ = try SignatureVerifier(allowedSigners: bytes, openPGPKeys: nil) } catch {
        try expect(isClean("\(error)"), "an error in a list of signers reaches the terminal unescaped")
      }
    },
    FuzzTarget("gpgv-status") { bytes in
      do { _ = try OpenPGPStatus(bytes).signer() } catch {
        try expect(isClean("\(error)"), "an answer of gpgv reaches the terminal unescaped")
      }
    },
    FuzzTarget("openpgp-keys") { bytes in
      do { _ = try SignatureVerifier(allowedSigners: nil, openPGPKeys: bytes) } catch {
        try expect(isClean("\(error)"), "an error in a list of keys reaches the terminal unescaped")
      }
    },
  ]

  /// Knows the ssh keys that the seeds were signed with; gpgv is a program, and is not tried a million times.
  private static let verifier: SignatureVerifier = {
    do { return try SignatureVerifier(allowedSigners: Array(signers.utf8)) } catch {
      preconditionFailure("the keys of the seeds cannot be read: \(error)")
    }
  }()

  private static let signers = """
    signer@example.com namespaces="git" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE12YBZrHKOYoBkNzgu67ShKaxmVCDhv7Ktxyt0FHpNA
    signer@example.com ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCTZKCYmOFfhtejisO7mVANa6IJUpdx26W4a1VdfNR7Sq9jbcyHH/18KaOUl9BdS\
    /uZW2roXxZT8SosBz9BANRT1P8z7NCLlki4Z32HZ882+g/Htnon/YjrPjsQUSWadVAz8t70SgHp4qLNQ47GYEBuzWbnhRJCKa4CRpEMd/zsu7L3lrhZMJuOc\
    t2bo3oPIvlCPEs8i7kmYS2soYzvpQun1f+6viKGiz5rlQHeBxGkOJceJW5MysOD8i2cyh9Vh91/hBWwEudXWwlzq570RtNwLijAuFLoPWBNhmqT2nMsLFXCb\
    MY0+hlOn4480qO+dxKDTMfH5q96F+e2m+pGhdpP
    signer@example.com ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBDriD9HUuFpbAwDKpp+n/WBewbFlC\
    TGMttHV9/DBjCJRmju3gX5FvkPOU92BoiOiz6YyPWrlszHVmsEHTjp0Oo8=

    """
}
