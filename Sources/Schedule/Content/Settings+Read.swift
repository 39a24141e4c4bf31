import YAML

extension ContentReader {
  /// What a settings file says, and what is wrong with it.
  struct SettingsReading {
    var settings: Settings
    var diagnostics: [Diagnostic]
  }

  /// Reads `posthorn.yaml`; what cannot be read keeps its default.
  mutating func settings(
    _ file: ContentFile, zones: Zones, accounts: [AccountName: Catalog.Entry], branches: [String] = []
  ) -> SettingsReading {
    var settings = Settings()
    let root = file.bytes.withUnsafeBufferPointer { begin($0, at: file.path, kind: "posthorn.yaml") }
    // Comments alone are what `init` may leave: every key has a default.
    if root == nil, document.isComplete, document.root == nil { diagnostics.removeAll { $0.rule == .fileEmpty } }
    guard let root else { return SettingsReading(settings: settings, diagnostics: finish()) }
    for field in fields(of: root, SettingsKey.self, of: "posthorn.yaml") {
      switch field.key {
      case .grace: settings.grace = duration(field.value, "grace") ?? settings.grace
      case .retry: settings.retry = retry(field.value) ?? settings.retry
      case .timezone: settings.timezone = zone(field.value, "timezone", in: zones)?.name
      case .record: settings.record = record(field.value, branches)
      case .notify: settings.notify = notify(field.value, accounts)
      case .policy: settings.policy = policy(field.value)
      }
    }
    return SettingsReading(settings: settings, diagnostics: finish())
  }

  private mutating func retry(_ node: NodeID) -> RetryPolicy? {
    guard isMapping(node, "retry") else { return nil }
    var policy: RetryPolicy?
    for field in fields(of: node, RetryKey.self, of: "retry") {
      guard isList(field.value, "retry.delays") else { continue }
      var delays: [Duration] = []
      for item in document.items(of: field.value) {
        if let delay = duration(item, "retry.delays") { delays.append(delay) }
      }
      if delays.count > 100 {
        report(
          .valueRange, at: field.value, "retry.delays has \(delays.count) items; at most 100 are allowed",
          hint: "three or four are plenty: 5m, 15m, 30m")
      }
      policy = RetryPolicy(delays: delays)
    }
    return policy
  }

  private mutating func record(_ node: NodeID, _ branches: [String]) -> Settings.Record {
    var record = Settings.Record()
    guard isMapping(node, "record") else { return record }
    for field in fields(of: node, RecordKey.self, of: "record") {
      switch field.key {
      case .branch:
        guard let name = word(field.value, "record.branch") else { continue }
        if let other = branches.first(where: { BranchName.isBelow($0, name) || BranchName.isBelow(name, $0) }) {
          report(
            .valueFormat, at: field.value, "there cannot be a branch \(quoted(name)) beside \(quoted(other))",
            hint: "git keeps no branch below another; name another one, such as posthorn, or remove the one in the way (git fetch --prune)")
        } else if BranchName.isValid(name) {
          record.branch = name
        } else {
          report(
            .valueFormat, at: field.value, "\(quoted(name)) cannot be the name of a branch", hint: "git check-ref-format tells the rules")
        }
      case .interval: record.interval = duration(field.value, "record.interval") ?? record.interval
      }
    }
    return record
  }

  private mutating func notify(_ node: NodeID, _ accounts: [AccountName: Catalog.Entry]) -> [Settings.Notification] {
    guard isList(node, "notify") else { return [] }
    let count = document.items(of: node).reduce(0) { count, _ in count + 1 }
    guard count <= Settings.mostNotifications else {
      report(
        .valueRange, at: node, "notify has \(count) items; at most \(Settings.mostNotifications) are allowed",
        hint: "name several states in one item, as in on: [failed, missed]")
      return []
    }
    var notifications: [Settings.Notification] = []
    for item in document.items(of: node) {
      guard isMapping(item, "an item of notify") else { continue }
      var occasions: Set<Settings.Occasion>?
      var account: AccountName?
      var named: Set<NotifyKey> = []
      for field in fields(of: item, NotifyKey.self, of: "an item of notify") {
        named.insert(field.key)
        switch field.key {
        case .on: occasions = self.occasions(field.value)
        case .account: account = knownAccount(field.value, accounts)
        }
      }
      for key in NotifyKey.allCases where !named.contains(key) {
        report(
          .keyMissing, at: item, "an item of notify needs the key \"\(key.rawValue)\"",
          hint: "for example {on: [failed, missed], account: ops-hook}")
      }
      if let occasions, let account { notifications.append(Settings.Notification(on: occasions, account: account)) }
    }
    return notifications
  }

  private mutating func occasions(_ node: NodeID) -> Set<Settings.Occasion>? {
    let names = Settings.Occasion.allCases.map(\.rawValue)
    let found = list(node, "notify.on") { reader, item in reader.choice(item, "notify.on", of: names) }
    guard let found else { return nil }
    if document[node].isChildless {
      report(
        .valueMissing, at: node, "notify.on is empty; nothing would be told",
        hint: "name states, such as on: [failed, missed], or remove the item")
    }
    return Set(found.compactMap { word in Settings.Occasion.allCases.first { $0.rawValue == word.item } })
  }

  private mutating func knownAccount(_ node: NodeID, _ accounts: [AccountName: Catalog.Entry]) -> AccountName? {
    guard let name = accountName(node, "account") else { return nil }
    guard accounts[name] == nil else { return name }
    report(
      .accountUnknown, at: node,
      "no account is called \(quoted(name.text))\(isFull ? "" : Spelling.question(name.text, among: accounts.keys.map(\.text)))",
      hint: isFull ? "" : Catalog.advice(on: accounts))
    return nil
  }

  private mutating func policy(_ node: NodeID) -> Settings.Policy {
    var policy = Settings.Policy()
    guard isMapping(node, "policy") else { return policy }
    for field in fields(of: node, PolicyKey.self, of: "policy") {
      switch field.key {
      case .requireSigned: policy.requireSigned = flag(field.value, "policy.require_signed") ?? policy.requireSigned
      case .requireSealed: policy.requireSealed = flag(field.value, "policy.require_sealed") ?? policy.requireSealed
      case .burst: policy.burst = number(field.value, "policy.burst", in: 0...Int.max) ?? policy.burst
      }
    }
    return policy
  }
}

private enum SettingsKey: String, CaseIterable {
  case grace, retry, timezone, record, notify, policy
}
private enum RetryKey: String, CaseIterable {
  case delays
}
private enum RecordKey: String, CaseIterable {
  case branch, interval
}
private enum NotifyKey: String, CaseIterable {
  case on, account
}
private enum PolicyKey: String, CaseIterable {
  case requireSigned = "require_signed"
  case requireSealed = "require_sealed"
  case burst
}

/// What git takes for a branch. Source: git-check-ref-format(1).
enum BranchName {
  /// Whether `name` lies in the folder that `other` would be.
  static func isBelow(_ other: String, _ name: String) -> Bool { name.hasPrefix(other + "/") }

  static func isValid(_ name: String) -> Bool {
    guard (1...200).contains(name.utf8.count), name != "@", name != "HEAD", !name.hasPrefix("-"), !name.hasSuffix("."),
      !name.contains(".."), !name.contains("@{"), name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !"~^:?*[\\".utf8.contains($0) })
    else { return false }
    return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && !part.hasPrefix(".") && !part.hasSuffix(".lock")
    }
  }
}
