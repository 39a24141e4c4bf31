import Schedule

extension FuzzTarget {
  /// JSON that comes back from git, from receivers and from credential files, and the records in it.
  static let records = [
    FuzzTarget("json") { bytes in
      let json: JSON
      do { json = try JSON.parse(bytes) } catch let error as JSONError {
        try expect(isClean("\(error)"), "an error of JSON reaches the terminal unescaped")
        return
      }
      try expect(try JSON.parse(json.bytes()) == json, "a value does not come back from its own text")
      try expect(try JSON.parse(json.compactBytes()) == json, "a value does not come back from its own line")
      try expect(isClean(json.text()), "a record hides something from its readers")
    },
    FuzzTarget("record") { bytes in
      guard let json = try? JSON.parse(bytes) else { return }  // the target "json" looks at those
      do {
        let record = try HistoryRecord(json: json)
        try expect(try HistoryRecord(json: record.json) == record, "a history record does not come back")
        try expect(record.bytes() == record.json.bytes(), "the file of a history record is not its value")
        try expect(ContentPath.fault(ofRelative: record.file) == nil, "a history record's file is \(record.file)")
      } catch let error as RecordError {
        try expect(isClean("\(error)"), "an error of a record reaches the terminal unescaped")
      }
      do {
        let record = try StatusRecord(json: json)
        try expect(try StatusRecord(json: record.json) == record, "a status record does not come back")
        try expect(record.bytes() == record.json.bytes(), "the file of a status record is not its value")
      } catch is RecordError {}
      do {
        let record = try ClaimRecord(json: json)
        try expect(try ClaimRecord(json: record.json) == record, "a claim does not come back")
      } catch is RecordError {}
      do {
        let record = try DaemonRecord(json: json)
        try expect(try DaemonRecord(json: record.json) == record, "the record of who publishes does not come back")
      } catch is RecordError {}
      do {
        let record = try AccountRecord(json: json)
        try expect(try AccountRecord(json: record.json) == record, "the record of an account does not come back")
      } catch is RecordError {}
    },
  ]
}
