import Git
import HTTP
import LFS
import Schedule

/// A credential for https remotes in a file of the host: sent to its own origin alone, and only if nobody else can read it.
enum GitCredentialFile {
  static func read(_ path: String) throws(Failure) -> (git: Git.Credential, largeFiles: BasicCredential?) {
    guard let json = try SecretFile.json(path, "the git credential"), let user = json["user"]?.string,
      let password = json["password"]?.string,
      let origin = json["origin"]?.string
    else {
      throw .couldNot("the git credential \(path) must be {\"user\": …, \"password\": …, \"origin\": \"https://host\"}")
    }
    let largeFiles = Origin(origin).map { BasicCredential(user: user, password: password, origin: $0) }
    return (.password(user: user, password: Secret(password), origin: origin), largeFiles)
  }
}
