import Schedule

/// The platforms that this program was built with: the one list that commands take.
enum KnownPlatforms {
  static let schemas: [PlatformSchema] = [
    PlatformSchema(name: "outbox", options: [], parameters: []),
    PlatformSchema(
      name: "webhook", options: [],
      parameters: [
        .init("url", .url, isRequired: true, summary: "where the posts are sent, such as https://hooks.example.com/posts"),
        .init(
          "dedupes", .flag,
          summary: "true where the receiver drops a repeated webhook-id: a post whose answer was lost is then sent again"),
      ]),
  ]
}
