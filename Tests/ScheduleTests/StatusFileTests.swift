import Schedule
import Testing

@Suite("The status file of a post")
struct StatusFileTests {
  @Test(
    "It has the post's path; what could be another post's file or folder gets a mark",
    arguments: [
      ("posts/x.yaml", "posts/x.json"), ("posts/2026/11/v1.2/x.y.yaml", "posts/2026/11/v1.2/x.y.json"), ("posts/x.yml", "posts/x.yml.json"),
      ("posts/x.yml.yaml", "posts/x.yml_.json"), ("posts/x.yml_.yaml", "posts/x.yml__.json"), ("posts/x.yml.yml", "posts/x.yml.yml.json"),
      ("posts/a.json/b.yaml", "posts/a.json_/b.json"), ("posts/a.json_/b.yml", "posts/a.json__/b.yml.json"),
      ("posts/a.json.yaml", "posts/a.json.json"), ("posts/_.yaml", "posts/_.json"),
    ])
  func names(post: String, file: String) {
    #expect(StatusRecord.file(ofPost: post) == "status/\(file)")
    #expect(StatusRecord.post(ofFile: "status/\(file)") == post)
  }

  @Test("No two posts have one file, and no file stands where another one needs a folder")
  func injective() {
    let stems = ["a", "a.json", "a.json_", "a.yml", "a.yml_", "a.yml.json", "a.yaml"]
    var posts: [String] = []
    for stem in stems {
      for ending in ["yaml", "yml"] {
        posts.append("posts/\(stem).\(ending)")
        posts += stems.map { "posts/\($0)/\(stem).\(ending)" }
        posts += [".yaml", ".yml"].map { "posts/a\($0)/\(stem).\(ending)" }
      }
    }
    posts = Array(Set(posts))
    let files = posts.compactMap(StatusRecord.file(ofPost:))
    #expect(Set(files).count == posts.count)
    for file in files { #expect(!files.contains { $0.hasPrefix(file + "/") }, "\(file)") }
    for (post, file) in zip(posts, files) { #expect(StatusRecord.post(ofFile: file) == post) }
  }

  @Test(
    "What no post would have is no post's file",
    arguments: ["status/posts/x.yml__.yaml", "status/a.json", "status/posts/a.json/x.json", "x"])
  func foreign(file: String) { #expect(StatusRecord.post(ofFile: file) == nil) }
}
