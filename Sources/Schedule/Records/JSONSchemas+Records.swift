/// The formats that Posthorn writes. Every field is always there; a later version may add some.
extension SchemaParts {
  static func history() -> Members {
    let ended: Members = [
      Seal.member: seal,
      "outcome": choice(states, "How the attempt ended"), "started_at": nullable(instant("When it started; null where nothing did")),
      "finished_at": instant("When it ended"), "next_attempt_at": nullable(instant("When it is tried again; null where it is not")),
      "error": error,
      "said_by": text(
        "The person whose word it is, where it is no attempt: that it is tried again, or how a doubt ended; absent otherwise"),
    ]
    return record(attempt.merging(ended) { $1 }, "How one attempt of a delivery ended; written once")
  }

  static func claim() -> Members {
    let step: Members = ["name": text("What it is"), "value": text("Never a secret")]
    let claimed: Members = [
      Seal.member: seal,
      "claimed_at": instant("When it was claimed"), "valid_until": instant("After this its holder begins nothing under it"),
      "life": nullable(text("Which process of the holder's state directory; null in what older versions wrote")),
      "steps": list(.object(open(step, required: Array(step.keys), "A step")), "What a recovery needs to know of the preparation"),
    ]
    return record(
      attempt.merging(claimed) { $1 }, "Who is about to publish a delivery; there until the commit that records how the attempt ended")
  }

  /// Two records of one attempt.
  static func double() -> Members {
    let sides: Members = [
      "schema": version, "kept": .object(history()), "dropped": .object(history()),
    ]
    return open(
      sides, required: Array(sides.keys),
      "That two daemons recorded the same attempt, which may have gone out twice; there until a person has looked")
  }

  /// What is known of an attempt before it begins, and what the platform calls it.
  private static var attempt: Members {
    [
      "account": text("The account", pattern: identifier), "platform": text("Its platform"), "attempt": whole("Counted from 1"),
      "scheduled_at": instant("When it was due"),
      "scheduled_time": text("The wall-clock time as written", pattern: writtenTime), "timezone": timezone("The zone as written"),
      "tzdata": text("The version of tzdata that made scheduled_at"), "key": text("The same for all attempts of one arming"),
      "content_sha256": text("SHA-256 of what was to be published", pattern: sha256),
      "media": list(
        .object(
          open(
            [
              "path": text("Below the content folder, or a URL"),
              "sha256": nullable(text("Null where the platform pulls it by itself", pattern: sha256)),
            ], required: ["path", "sha256"], "A file")), "The files that go with it"),
      "remote": remote,
      "source": .object(
        open(
          [
            "commit": text("The commit", pattern: objectID), "blob": text("The post's file in it", pattern: objectID),
            "author": text("Name and address"), "committer": text("Name and address"),
          ], required: ["commit", "blob", "author", "committer"], "Who asked for it")),
      "host": text("Who does it"), "incarnation": text("The id of its state directory"), "version": text("Of posthorn"),
    ]
  }

  static func status() -> Members { standing(delivery, [:], "Where a post and its deliveries stand; replaced as things happen") }

  /// A post of `export json`: its status, and what its file says.
  static func export() -> Members {
    let due: Members = [
      "scheduled_at": nullable(instant("When it is due")), "timezone": nullable(timezone("The zone that its time is read in")),
    ]
    let file: Members = ["path": text("Below the content folder"), "url": text("An address"), "alt": nullable(text("A description"))]
    let words: Members = [
      "scheduled_time": nullable(text("The wall-clock time as written", pattern: writtenTime)),
      "timezone": nullable(timezone("The zone of the first delivery")), "title": nullable(text("Its title")),
      "caption": nullable(text("Its text")), "media": list(.object(open(file, required: ["alt"], "A file")), "The files that go with it"),
    ]
    return standing(
      delivery.merging(due) { $1 }, words, "A post as export json lists it; what its file says is null where that is gone or has errors")
  }

  private static var delivery: Members {
    [
      "account": text("The account", pattern: identifier), "platform": text("Its platform"), "state": choice(states, "Where it stands"),
      "reason": nullable(text("Why it is held, or what else a person should know")), "attempts": whole("How many there were", minimum: 0),
      "next_attempt_at": nullable(instant("When it is tried again")), "remote": remote, "error": error,
    ]
  }

  private static func standing(_ delivery: Members, _ more: Members, _ description: String) -> Members {
    let fields: Members = [
      "state": choice(PostState.allCases.map(\.rawValue), "Derived from the deliveries; mixed ends are partial"),
      "scheduled_at": nullable(instant("When it is due; null where its time cannot be read")),
      "published_at": nullable(instant("When the last of its deliveries went out")),
      "deliveries": list(.object(open(delivery, required: Array(delivery.keys), "One account")), "One for each account"),
    ]
    return record(fields.merging(more) { $1 }, description)
  }

  private static func record(_ fields: Members, _ description: String) -> Members {
    var fields = fields
    fields["schema"] = version
    fields["post"] = text("The id of the post", pattern: identifier)
    fields["path"] = text("The post's file in the repository")
    // Records from before there were seals have none, and most are nobody's word.
    return open(fields, required: fields.keys.filter { $0 != Seal.member && $0 != "said_by" }, description)
  }

  private static let seal = JSON.object(
    open(
      ["key": text("The id of the key", pattern: keyID), "signature": text("Ed25519 over the file without this member, in base64")],
      required: ["key", "signature"], "The signature of the host that wrote it"))

  private static let keyID = "^[0-9a-f]{32}$"

  /// A key that seals records.
  static func key() -> Members {
    let fields: Members = [
      "schema": version, "id": text("Half of the SHA-256 of the key", pattern: keyID), "public": text("The Ed25519 key in base64"),
      "since": instant("When it was made known"), "host": text("Who made it known"), "incarnation": text("The id of its state directory"),
      "signed_by": nullable(seal), "said_by": nullable(text("The person who vouches for it")), Seal.member: seal,
    ]
    return open(fields, required: Array(fields.keys), "A public key under whose seal history and claims are written")
  }

  /// A person's word on a burst.
  static func burst() -> Members {
    let fields: Members = [
      "schema": version, "commit": text("What it brought, or what had come before it, may go out", pattern: objectID),
      "said_by": text("The person who says so"), "said_at": instant("When; what is due more than an hour later is not meant"),
      "host": text("Where it was said"), "version": text("Of posthorn"), Seal.member: seal,
    ]
    return open(fields, required: Array(fields.keys), "What posthorn resume --burst COMMIT --push says; replaced by the next one")
  }

  static func accountStatus() -> Members {
    func number(_ description: String) -> JSON { nullable(whole("\(description); null where reading it was not granted", minimum: 0)) }
    func part(_ fields: Members, _ description: String) -> JSON {
      .object(open(fields, required: Array(fields.keys), description))
    }
    let profile: Members = [
      "username": nullable(text("Its handle")), "display_name": nullable(text("Its name for people")),
      "id": nullable(text("The platform's id")),
    ]
    let counts: Members = [
      "followers": number("Who follows it"), "following": number("Whom it follows"), "likes": number("Likes"), "videos": number("Videos"),
    ]
    let creator: Members = [
      "privacy_level_options": list(text("A privacy level"), "The privacy levels that it may choose"),
      "comment_disabled": flag("Comments are off whatever a post says"), "duet_disabled": flag("Duets likewise"),
      "stitch_disabled": flag("Stitches likewise"),
      "max_video_post_duration_sec": nullable(
        whole("The longest video, in seconds", minimum: 0, maximum: AccountRecord.Creator.mostSeconds)),
    ]
    let token: Members = [
      "expires_at": nullable(instant("When the token ends")),
      "refresh_expires_at": nullable(instant("When only a person can log in again")), "scopes": list(text("A scope"), "What was granted"),
    ]
    let fields: Members = [
      "schema": version, "account": text("The account", pattern: identifier), "platform": text("Its platform"),
      "synced_at": nullable(instant("When this was seen; null until a sync succeeded")), "profile": part(profile, "Who it is there"),
      "counts": part(counts, "Its numbers"), "creator": nullable(part(creator, "What the platform lets it publish")),
      "token": nullable(part(token, "What is known of its token, which is not here; null without a login")), "error": error,
    ]
    return open(fields, required: Array(fields.keys), "What the last account sync saw; replaced by each sync")
  }

  private static let version: JSON = ["const": 1, "description": "The version of this format"]

  static let sha256 = "^[0-9a-f]{64}$"
  static let objectID = "^[0-9a-f]{40}$"

  static func instant(_ description: String) -> JSON {
    text("\(description); RFC 3339 in UTC", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$")
  }

  private static let remote = nullable(
    .object(
      open(
        ["id": nullable(text("What the platform calls it")), "url": nullable(text("Where it can be seen"))], required: ["id", "url"],
        "The publication")))

  private static let error = nullable(
    .object(
      open(
        [
          "class": choice(["transient", "quota", "auth", "content", "policy", "unknown"], "What happens next follows from it"),
          "code": text("Short and stable, such as http.503"), "message": text("One sentence for people"),
        ], required: ["class", "code", "message"], "What went wrong")))
}
