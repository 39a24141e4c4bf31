import LFS
import Testing

@Suite("The server that .lfsconfig names")
struct ConfigFileTests {
  @Test(
    "Is the last lfs.url, read as git reads its configuration",
    arguments: [
      ("[lfs]\n\turl = https://a.example/x\n", "https://a.example/x"),
      ("[LFS]\nURL=https://a.example/x", "https://a.example/x"),
      ("[lfs] url = https://a.example/x ; the server\n", "https://a.example/x"),
      ("[lfs]\nurl = \"https://a.example/x#y\" # why\n", "https://a.example/x#y"),
      ("[lfs]\r\nurl = https://a.example/x\r\n", "https://a.example/x"),
      ("[lfs]\nurl = https://a.ex\\\nample/x\n", "https://a.example/x"),
      ("[lfs]\nurl = https://a.example\n[core]\nurl = no\n[lfs]\nurl = https://b.example\n", "https://b.example"),
      ("[lfs \"https://a.example\"]\naccess = basic\n[lfs]\nurl = https://b.example\n", "https://b.example"),
    ])
  func named(text: String, url: String) { #expect(ConfigFile.url(in: Array(text.utf8)) == url) }

  @Test(
    "May not be there",
    arguments: [
      "", "[lfs]\n", "[lfs]\nurl =\n", "url = https://a.example", "[core]\nurl = https://a.example", "# [lfs]\n# url = https://a.example",
      "[lfs]\n; url = https://a.example", "[lfs \"sub\"]\nurl = https://a.example", "[lfs]\nurls = https://a.example",
    ])
  func absent(text: String) { #expect(ConfigFile.url(in: Array(text.utf8)) == nil) }

  @Test("Is not looked for in what is no text, or too long")
  func unreadable() {
    let sound = Array("[lfs]\nurl = https://a.example\n".utf8)
    #expect(ConfigFile.url(in: sound + [0xFF]) == nil)
    #expect(ConfigFile.url(in: sound + [UInt8](repeating: 0x0A, count: ConfigFile.longest)) == nil)
  }
}
