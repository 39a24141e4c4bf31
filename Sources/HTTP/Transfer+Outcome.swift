import CCurl
import Failpoints

extension Transfer {
  /// What became of it: the one place where a code of libcurl becomes an answer or an error.
  func outcome(_ code: CURLcode) -> Result<Response, HTTPError> {
    if let broken { return .failure(broken) }
    let status = status
    // An answer that goes on beyond the limit is one nevertheless: its status has been read.
    if code == CURLE_OK || isTruncated, status >= 100 {
      if let sink = sinkOfAnswer, !begin(sink), let broken { return .failure(broken) }  // an answer without a body has not begun
      do throws(HTTPError) { try pass(.callAnswered, or: .unanswered(.reset)) } catch { return .failure(error) }
      return .success(Response(status: status, headers: Headers(fields), body: body, isTruncated: isTruncated))
    }
    return .failure(mayHaveSent ? unanswered(code) : notSent(code))
  }

  /// As the answer's last status line gave it; 0 before.
  private var status: Int {
    var status = 0
    return posthorn_get_long(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0
  }

  /// The file that takes this answer's body.
  var sinkOfAnswer: FileSink? { [200, 206].contains(status) ? request.sink : nil }

  /// Writes a part of the answer's body to its file: anything but the count of the bytes ends the transfer.
  func pour(_ bytes: UnsafeRawBufferPointer, into sink: FileSink) -> Int {
    do throws(TransferFile.Problem) {
      try requireWanted()
      guard begin(sink) else { return 0 }
      let written = try target?.write(bytes) ?? 0
      isTruncated = written < bytes.count
      return written
    } catch {
      broken = fail(.unanswered(.local), error.words)
      return 0
    }
  }

  func requireWanted() throws(TransferFile.Problem) {
    guard request.isWanted() else { throw TransferFile.Problem(words: "it is not wanted any more") }
  }

  /// `false` where the file could not be made ready, which is said in ``broken``.
  private func begin(_ sink: FileSink) -> Bool {
    do throws(TransferFile.Problem) { try target?.begin(status: status, sink) } catch {
      broken = fail(.unanswered(.local), error.words)
      return false
    }
    return true
  }

  private func notSent(_ code: CURLcode) -> HTTPError {
    if let refusal { return refusal }
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: return fail(.notSent(.noAddress), "its host name has no address")
    case CURLE_COULDNT_CONNECT: return fail(.notSent(.refused), words(code))
    case CURLE_OPERATION_TIMEDOUT: return fail(.notSent(.deadline), "no connection before the deadline")
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT:
      return fail(.notSent(.malformed), words(code))
    case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT: return fail(.notSent(.local), words(code))
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING: return fail(.notSent(.refused), words(code))
    default: return fail(.notSent(.tls), words(code))  // nothing else comes between a connection and the first byte
    }
  }

  private func unanswered(_ code: CURLcode) -> HTTPError {
    switch code {
    case CURLE_OPERATION_TIMEDOUT: fail(.unanswered(.deadline), "no whole answer before the deadline")
    // libcurl gives the same code for chunks that are none; then the system had nothing to complain about.
    case CURLE_RECV_ERROR where systemError == 0: fail(.unanswered(.unreadable), "the answer is not readable HTTP")
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR: fail(.unanswered(.reset), "the connection broke")
    case CURLE_GOT_NOTHING: fail(.unanswered(.closed), "the connection was closed without an answer")
    case CURLE_PARTIAL_FILE: fail(.unanswered(.truncated), "the answer ended before its announced end")
    default: fail(.unanswered(.unreadable), "the answer is not readable HTTP: " + String(cString: curl_easy_strerror(code)))
    }
  }

  /// The `errno` of the last call on a socket that failed; 0 where none did.
  private var systemError: Int {
    var number = 0
    return posthorn_get_long(easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK ? number : 0
  }

  /// libcurl's sentence about a connection that failed: it may name the host, nothing else of the URL.
  private func words(_ code: CURLcode) -> String {
    let text = String(cString: message)
    return text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
  }
}
