import Foundation
import HTTP
import Platforms
import Schedule
import Support
import Testing

@testable import posthorn

@Suite("A login at TikTok, typed")
struct TikTokLoginTests {
  @Test("At a terminal a browser opens the address, is led back, and the account is logged in; whatever else comes by is sent away")
  func browser() async throws {
    let login = try LoginHost()
    let session = try login.session()
    let (address, callback) = try await login.open(try await session.wait(for: "waiting for the answer"))
    let origin = try #require(callback.split(separator: "/callback/").first.map(String.init))
    let silent = try Endpoint(origin)
    #expect(silent.origin.host == "127.0.0.1" && address.contains("code_challenge_method=S256"))
    #expect(try await login.get("\(origin)/favicon.ico").status == 404)
    #expect(try await login.get("\(origin)/callback/?code=stolen&state=other").status == 400)
    #expect(try await login.get(callback).status == 200)
    let ending = try await session.ending()
    #expect(ending.status == 0, "\(ending)")
    let kept = try login.kept()
    #expect(kept["origin"]?.string == login.peer.origin)
    #expect(try await login.isGood(kept["access_token"]?.string ?? ""))
    #expect(kept["expires_at"]?.string.flatMap { Instant($0) } != nil && kept["expires_in"] == nil)
    let mode = try FileManager.default.attributesOfItem(atPath: login.file)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(login.secrets(in: ending.output + ending.errors).isEmpty)
    #expect(login.peer.violations.isEmpty, "\(login.peer.violations)")

    let list = try await login.run("account", "list", "--format", "json")
    let row = try JSON.parse(Array(list.output.utf8))[0]
    #expect(row?["login"] == "logged in" && row?["scopes"]?.array?.count == 6 && row?["refresh_expires_at"]?.string != nil)
    let table = try await login.run("account", "list")
    #expect(table.output.contains("in 23 h 59 m  in 1 year"), "\(table)")
    #expect(login.secrets(in: list.output + list.errors + table.output).isEmpty)
    await login.browser.shutdown()
  }

  @Test("The app's key and secret are asked for where no variable has them, and the secret is not shown")
  func asked() async throws {
    let login = try LoginHost()
    let session = try login.session([:])
    try await session.wait(for: "client key")
    session.type("awcanaryclientkey")
    try await session.wait(for: "client secret")
    session.type("canary-client-secret-5Wq9")
    let (_, callback) = try await login.open(try await session.wait(for: "waiting for the answer"))
    let shown = session.echo()
    #expect(shown.contains("awcanaryclientkey") && !shown.contains("canary-client-secret"))
    _ = try await login.get(callback)
    let ending = try await session.ending()
    #expect(ending.status == 0 && !ending.errors.contains("canary-client-secret"))
    await login.browser.shutdown()
  }

  @Test("A person who denies, an app that TikTok does not know, and a lost answer end with what to do, and leave no credential")
  func failures() async throws {
    let login = try LoginHost()
    login.peer.change { $0.consent.isDenied = true }
    let denied = try login.session()
    _ = try await login.get(try await login.open(try await denied.wait(for: "waiting for the answer")).callback)
    let first = try await denied.ending()
    #expect(first.status == 3 && first.errors.contains("run it again: posthorn account login acme"))
    #expect(first.errors.contains("The user denied the request"))

    login.peer.change { $0.consent.isDenied = false }
    login.peer.inject(.init(at: .exchange, when: .afterEffect, how: .hangUp))
    let lost = try login.session()
    _ = try await login.get(try await login.open(try await lost.wait(for: "waiting for the answer")).callback)
    let second = try await lost.ending()
    #expect(second.status == 3 && second.errors.contains("run it again: posthorn account login acme"))

    let half = try await login.run("account", "login", "acme", input: "{}", variables: ["POSTHORN_TIKTOK_CLIENT_KEY": "k"])
    #expect(half.status == 2 && half.errors.contains("POSTHORN_TIKTOK_CLIENT_SECRET"))
    #expect(!FileManager.default.fileExists(atPath: login.file))
    #expect(login.secrets(in: first.errors + second.errors + half.errors).isEmpty)
    await login.browser.shutdown()
  }

  @Test("Nobody waits for an answer for ever")
  func patience() throws {
    let app = try #require(TikTokApp(key: "key", secret: Secret("secret")))
    let listener = try CallbackListener()
    let authorization = TikTokAuthorization(app: app, redirect: listener.redirect)
    #expect(listener.answer(to: authorization, within: .milliseconds(10)) == nil)
  }

  @Test(
    "Standard input takes the token endpoint's answer, an access token alone, or a refresh token with its app; nothing else is kept",
    arguments: ["whole", "access", "refresh", "garbage", "empty"])
  func input(kind: String) async throws {
    let login = try LoginHost()
    let whole = try #require(try JSON.parse(Array(login.peer.login().utf8)).object)
    let given: String =
      switch kind {
      case "whole": JSON.object(whole).text()
      case "access": JSON.object(whole.filter { $0.key == "access_token" }).text()
      case "refresh": JSON.object(whole.filter { ["refresh_token", "client_key", "client_secret"].contains($0.key) }).text()
      case "garbage": #"{"token": "canary-token-5Wq9"}"#
      default: ""
      }
    let ending = try await login.run("account", "login", "acme", input: given)
    let isTaken = kind != "garbage" && kind != "empty"
    #expect(ending.status == (isTaken ? 0 : 3), "\(ending)")
    #expect(!ending.errors.contains("canary") && login.secrets(in: ending.errors).isEmpty)
    if isTaken {
      #expect(try await login.isGood(try login.kept()["access_token"]?.string ?? ""))
      #expect(ending.errors.contains("cannot be renewed") == (kind == "access"))
    } else {
      #expect(ending.errors.contains(#"{"access_token": "act.…""#))
      #expect(!FileManager.default.fileExists(atPath: login.file))
    }
    #expect(login.peer.count(.refresh) == (kind == "refresh" ? 1 : 0))
    await login.browser.shutdown()
  }

  @Test("The list and the doctor tell a login that ends soon, has ended, or belongs to another origin")
  func ends() async throws {
    let login = try LoginHost()
    let whole = try #require(try JSON.parse(Array(login.peer.login().utf8)).object)
    for (seconds, access, word, level) in [
      (Int64(20 * 86_400), Int64(60), "logged in", "ok"), (13 * 86_400, 60, "ends soon", "warn"), (1, 1, "ended", "fail"),
    ] {
      let given = whole.merging(["refresh_expires_in": .int(seconds), "expires_in": .int(access)]) { $1 }
      _ = try await login.run("account", "login", "acme", input: JSON.object(given).text())
      let row = try await eventually("\(word)") { () -> JSON? in
        let list = try await login.run("account", "list", "--format", "json")
        let row = try JSON.parse(Array(list.output.utf8))[0]
        return row?["login"]?.string == word ? row : nil
      }
      #expect(row["account"] == "acme")
      let findings = try JSON.parse(Array(try await login.run("doctor", "--format", "json").output.utf8)).array ?? []
      let finding = try #require(findings.first { $0["subject"] == "credential" })
      #expect(finding["level"]?.string == level)
      #expect(level == "ok" || finding["advice"] == "posthorn account login acme")
    }
    let moved = try await Posthorn.run(
      ["account", "list"] + login.host.options.dropLast(2), environment: ["HOME": login.host.home.path])
    #expect(moved.output.contains("for \(login.peer.origin)"))
    #expect(moved.output.contains("not needed"))
    await login.browser.shutdown()
  }

  @Test("The list tells when an account was last synced, and that a sync failed")
  func synced() async throws {
    let login = try LoginHost()
    _ = try await login.run("account", "login", "acme", input: login.peer.login())
    #expect(try await row(login)["synced_at"] == .null)
    #expect(try await login.run("account", "sync", "acme").status == 0)
    let first = try await row(login)
    #expect(first["synced_at"]?.string.flatMap { Instant($0) } != nil && first["sync_error"] == .null)
    login.peer.removeAuthorization(openID: "open-id-acme")
    #expect(try await login.run("account", "sync", "acme").status == 1)
    let failed = try await row(login)
    #expect(failed["synced_at"] == first["synced_at"])
    #expect(failed["sync_error"]?.string?.contains("posthorn account login acme") == true)
    #expect(try await login.run("account", "list").output.contains("failed, last"))
    #expect(login.peer.violations.isEmpty, "\(login.peer.violations)")
    await login.browser.shutdown()
  }

  private func row(_ login: LoginHost) async throws -> JSON {
    try #require(try JSON.parse(Array(try await login.run("account", "list", "--format", "json").output.utf8))[0])
  }

  @Test("A logout gives the login back to TikTok; where that fails it is told, and the credential is gone all the same")
  func logout() async throws {
    let login = try LoginHost()
    for fails in [false, true] {
      _ = try await login.run("account", "login", "acme", input: login.peer.login())
      let token = try login.kept()["access_token"]?.string ?? ""
      if fails { login.peer.inject(.init(at: .revoke, how: .hangUp)) }
      let ending = try await login.run("account", "logout", "acme")
      #expect(ending.status == 0, "\(ending)")
      #expect(ending.errors.contains("warning: acme could not be revoked at TikTok") == fails)
      #expect(login.secrets(in: ending.errors).isEmpty)
      #expect(!FileManager.default.fileExists(atPath: login.file))
      #expect(try await login.isGood(token) == fails)
    }
    #expect(login.peer.violations.isEmpty)
    await login.browser.shutdown()
  }
}
