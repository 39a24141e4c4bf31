extension MediaDigest: JSONForm {
  var json: JSON { value() }

  func add(to members: inout some Members & ~Copyable) {
    members.add("path", path)
    members.add("sha256", sha256)
  }
}

extension Source: JSONForm {
  var json: JSON { value() }

  func add(to members: inout some Members & ~Copyable) {
    members.add("author", author)
    members.add("blob", blob)
    members.add("commit", commit)
    members.add("committer", committer)
  }
}

extension Remote: JSONForm {
  var json: JSON { value() }

  func add(to members: inout some Members & ~Copyable) {
    members.add("id", id)
    members.add("url", url)
  }
}

extension DeliveryError: JSONForm {
  var json: JSON { value() }

  func add(to members: inout some Members & ~Copyable) {
    members.add("class", self.class.rawValue)
    members.add("code", code)
    members.add("message", message)
  }
}
