extension Surroundings {
  /// Who works here: `user.name` and `user.email`, as this run, the repository at `path` or the person's own settings of git say; nil where they
  /// do not, or cannot be read.
  public static func person(inRepositoryAt path: String?) -> String? {
    // Whoever is asked for a name can do without: what is wrong with the repository or the settings is said by what works with them.
    let host = try? HostSettings()
    let place = path.flatMap { try? Repository.discover(from: $0) }
    func setting(_ name: String) -> String? {
      let found = host?.values(name)
      if let ofThisRun = found?.last(where: \.isOfThisRun) { return ofThisRun.value }
      do throws(GitError) {
        if let place, let own = try Repository(at: place).setting(name) { return own }
      } catch {}
      return found?.last?.value
    }
    guard let name = setting("user.name"), let email = setting("user.email"), !name.isEmpty, !email.isEmpty else { return nil }
    return "\(name) <\(email)>"
  }
}
