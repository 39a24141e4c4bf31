/// What the receiver of a webhook is sent.
extension SchemaParts {
  static func webhook() -> Members {
    let file: Members = [
      "path": text("Below the content folder"), "alt": nullable(text("A description")),
      "sha256": nullable(text("SHA-256 of the file itself, in Git LFS too", pattern: sha256)),
      "size": nullable(whole("In bytes", minimum: 0)), "type": nullable(text("Its media type, image/jpeg; null where nobody knows")),
      "commit": nullable(text("The commit that has it", pattern: objectID)),
    ]
    let address: Members = ["url": text("An address"), "alt": nullable(text("A description"))]
    let data: Members = [
      "post": text("Its id", pattern: identifier), "account": text("The account", pattern: identifier),
      "key": text("The same for all attempts of one arming; the header webhook-id, too"), "scheduled_at": instant("When it is due"),
      "scheduled_time": text("The wall-clock time as written", pattern: writtenTime), "timezone": timezone("The zone as written"),
      "title": nullable(text("Its title")), "caption": nullable(text("Its text")),
      "media": list(
        [
          "anyOf": [
            .object(open(file, required: Array(file.keys), "A file of the repository")),
            .object(open(address, required: Array(address.keys), "A file elsewhere")),
          ]
        ], "What goes with it"),
      "options": ["type": "object", "description": "What the post, its account and its override say for the platform"],
    ]
    let message: Members = [
      "type": choice(["post.due"], "What happened; other messages have other types"), "timestamp": instant("When the post is due"),
      "data": .object(open(data, required: Array(data.keys), "The post, as this account gets it")),
    ]
    return open(message, required: Array(message.keys), "The body that an account of the platform webhook is sent")
  }
}
