import Crypto
import Foundation
import Glibc
import Schedule
import Synchronization

/// From a request to its answer, and what a fault puts between them.
extension TikTokPeer {
  func serve(_ wire: consuming TikTokWire) -> TikTokWire.Ending {
    var wire = wire
    while let request = wire.head() {
      if request.method == "HEAD" {  // somebody wants to know what time it is
        _ = wire.write(TikTokRefusal(405, "", "HEAD").answer)
        return .closed
      }
      let ending = request.path == "/video/" ? receive(request, &wire) : answer(request, &wire)
      if let ending { return ending }
    }
    return .closed
  }

  // MARK: - Calls

  private func answer(_ head: TikTokRequest, _ wire: inout TikTokWire) -> TikTokWire.Ending? {
    var request = head
    let route = Route.all[request.path]
    guard let length = length(of: request, at: route?.step ?? .unknown, &wire) else { return .closed }
    guard length <= 1 << 20, wire.read(length, { request.body.append(contentsOf: $0) }) else { return .closed }
    let step = route.map { $0.isToken ? Self.tokenStep(request) : $0.step } ?? .unknown
    let call = request
    return carryOut(step, isLast: false, token: call.bearerToken, &wire) { books, now in books.answer(call, step, now: now) }
  }

  /// How long its body is; `nil` where that cannot be known, and the refusal is written.
  private func length(of request: TikTokRequest, at step: Step, _ wire: inout TikTokWire) -> Int? {
    let names = request.fields.map(\.name)
    let hosts = ["127.0.0.1:\(port)", "localhost:\(port)"]
    let fault: String? =
      if request["transfer-encoding"] != nil {
        "a transfer encoding instead of Content-Length"
      } else if !hosts.contains(request["host"] ?? "") {
        "Host is not this one"
      } else if Set(names).count != names.count {
        "a header stands twice"
      } else if request.method != "GET", request.contentLength == nil {
        "no Content-Length"
      } else {
        nil
      }
    guard let fault else { return request.contentLength ?? 0 }
    let now = now()
    let answer = TikTokRefusal.parameter(fault).answer
    books.withLock { books in
      books.breach(step, fault)
      books.calls.append(Call(step: step, time: now, status: answer.status, code: answer.code, token: request.bearerToken))
    }
    _ = wire.write(answer)
    return nil
  }

  private static func tokenStep(_ request: TikTokRequest) -> Step {
    TikTokForm.parse(String(decoding: request.body, as: UTF8.self))?["grant_type"] == "refresh_token" ? .refresh : .exchange
  }

  // MARK: - Chunks

  private func receive(_ request: TikTokRequest, _ wire: inout TikTokWire) -> TikTokWire.Ending? {
    let (number, isLast) = books.withLock { $0.chunk(of: request) } ?? (0, false)
    let step = Step.chunk(number)
    guard let length = length(of: request, at: step, &wire) else { return .closed }
    var whole = SHA256()
    var chunk = SHA256()
    let reception: Result<TikTokBooks.Reception, TikTokRefusal>
    do throws(TikTokRefusal) {
      guard request.method == "PUT" else { throw TikTokRefusal(405, "", "an upload is a PUT") }
      let now = now()
      reception = .success(try books.withLock { books throws(TikTokRefusal) in try books.receive(request, step, now: now) })
    } catch { reception = .failure(error) }
    if case .success(let reception) = reception { whole = reception.whole }
    let take = { (bytes: UnsafeRawBufferPointer) in
      whole.update(bufferPointer: bytes)
      chunk.update(bufferPointer: bytes)
    }
    if let fault = books.withLock({ $0.fault(at: step, isLast: isLast, when: [.midway]) }) {
      guard wire.read(length / 2, take) else { return .closed }
      log(step, TikTokAnswer(status: 0), nil, isFaulty: true)
      return act(fault.how, instead: TikTokAnswer(status: 206), step, &wire) ?? .closed
    }
    guard wire.read(length, take) else { return .closed }
    let (all, digest) = (whole, chunk.finalize().hex)
    return carryOut(step, isLast: isLast, token: nil, &wire) { books, now in
      do throws(TikTokRefusal) {
        return try books.store(try reception.get(), step, whole: all, chunk: digest, now: now)
      } catch {
        if error.blame == .client { books.breach(step, error.message) }
        return TikTokAnswer(status: error.status, headers: error.headers)
      }
    }
  }

  // MARK: - Effects and faults

  /// What a request does, with the fault that is due before it or after it.
  ///
  /// - Returns: how the connection ends, or `nil` if it goes on.
  private func carryOut(
    _ step: Step, isLast: Bool, token: String?, _ wire: inout TikTokWire, _ effect: (inout TikTokBooks, Instant) -> TikTokAnswer
  ) -> TikTokWire.Ending? {
    let early = books.withLock { $0.fault(at: step, isLast: isLast, when: [.beforeEffect]) }
    switch early?.how {
    case .slow(let pause): usleep(UInt32(pause / .microseconds(1)))
    case .held(let gate): gate.wait()
    case .some(let how):
      log(step, TikTokAnswer(status: 0), token, isFaulty: true)
      return act(how, instead: .data([:]), step, &wire)
    case nil: break
    }
    let now = now()
    let (answer, late) = books.withLock { books in
      let late = books.fault(at: step, isLast: isLast, when: [.afterEffect])
      return (effect(&books, now), late)
    }
    log(step, answer, token, isFaulty: early != nil || late != nil)
    guard let late else { return wire.write(answer) ? nil : .closed }
    return act(late.how, instead: answer, step, &wire)
  }

  private func act(_ how: Fault.How, instead answer: TikTokAnswer, _ step: Step, _ wire: inout TikTokWire) -> TikTokWire.Ending? {
    switch how {
    case .status(let status, let code, let headers):
      let refusal = TikTokRefusal(status, code, "injected", .circumstances, headers: headers)
      return wire.write(refusal.answer(at: step)) ? nil : .closed
    case .hangUp: return .closed
    case .reset: return .reset
    case .silence:
      wire.waitForEnd()
      return .closed
    case .garbage: return wire.write(TikTokAnswer(status: 200, body: Array("<html>one moment please".utf8))) ? nil : .closed
    case .cut:
      _ = wire.write(answer, isCut: true)
      return .closed
    case .slow(let pause):
      usleep(UInt32(pause / .microseconds(1)))
      return wire.write(answer) ? nil : .closed
    case .held(let gate):
      gate.wait()
      return wire.write(answer) ? nil : .closed
    }
  }

  private func log(_ step: Step, _ answer: TikTokAnswer, _ token: String?, isFaulty: Bool) {
    let now = now()
    books.withLock {
      $0.calls.append(Call(step: step, time: now, status: answer.status, code: answer.code, token: token, isFaulty: isFaulty))
    }
  }
}

extension TikTokRequest {
  var bearerToken: String? { self["authorization"].flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil } }
}

extension TikTokRefusal {
  /// In the envelope of the step: none at all for chunks and for the page of consent.
  func answer(at step: TikTokPeer.Step) -> TikTokAnswer {
    switch step {
    case .exchange, .refresh, .revoke:
      var answer = flatAnswer(status: status)
      answer.headers.merge(headers) { $1 }
      return answer
    case .chunk, .lastChunk, .anyChunk, .authorize: return TikTokAnswer(status: status, headers: headers, code: code)
    default: return self.answer
    }
  }
}
