import CYAML

/// libyaml's parser over bytes that outlive it: one event at a time, freed exactly once.
struct EventStream: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let event: UnsafeMutablePointer<yaml_event_t>

  /// C functions: `yaml_parser_initialize`, `yaml_parser_set_input_string`.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    parser = .allocate(capacity: 1)
    event = .allocate(capacity: 1)
    event.initialize(to: yaml_event_t())
    guard yaml_parser_initialize(parser) == 1 else { preconditionFailure("libyaml initializes a parser unless memory has run out") }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    yaml_event_delete(event)
    event.deallocate()
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// The next event, valid until the one after it is asked for; `nil` where libyaml gives up. C function: `yaml_parser_parse`.
  mutating func next() -> UnsafePointer<yaml_event_t>? {
    yaml_event_delete(event)
    return yaml_parser_parse(parser, event) == 1 ? UnsafePointer(event) : nil
  }

  /// What libyaml said when it gave up.
  func failure(in source: Source) -> Problem {
    let error = parser.pointee
    let problem = error.problem.map { String(cString: $0) } ?? "it cannot be read"
    guard error.error != YAML_READER_ERROR else { return Problem(.invalidUTF8, at: source.span(at: error.problem_offset)) }
    let place = Mark(error.problem_mark)
    return Problem(
      .syntax(
        problem: problem, context: error.context.map { String(cString: $0) },
        from: error.context == nil ? nil : Mark(error.context_mark)),
      at: Span(place, Mark(line: Int(place.line), column: Int(place.column) + 1)))
  }
}

extension Mark {
  init(_ mark: yaml_mark_t) { self.init(line: mark.line + 1, column: mark.column + 1) }
}

extension Span {
  init(_ event: UnsafePointer<yaml_event_t>) { self.init(Mark(event.pointee.start_mark), Mark(event.pointee.end_mark)) }
}
