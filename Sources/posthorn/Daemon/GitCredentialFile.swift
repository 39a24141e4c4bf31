import Git
import Glibc
import Schedule

/// A credential for https remotes in a file of the host: sent to its own origin alone, and only if nobody else can read it.
enum GitCredentialFile {
  static func read(_ path: String) throws(Failure) -> Git.Credential {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw .couldNot("the git credential \(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & 0o077 == 0 else { throw .couldNot("others can read the git credential \(path); run: chmod 600 \(path)") }
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(path, atMost: 65_536) } catch { throw .couldNot("\(error)") }
    // What is wrong with its JSON is not said: the message would quote the secret.
    guard let json = try? JSON.parse(bytes), let user = json["user"]?.string, let password = json["password"]?.string,
      let origin = json["origin"]?.string
    else {
      throw .couldNot("the git credential \(path) must be {\"user\": …, \"password\": …, \"origin\": \"https://host\"}")
    }
    return .password(user: user, password: Secret(password), origin: origin)
  }
}
