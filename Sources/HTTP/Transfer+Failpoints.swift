import CCurl
import Failpoints

extension Transfer {
  /// Passes a failpoint of the call that cannot be taken back; other requests have none.
  ///
  /// - Parameter reason: what the error that it was told to bring about means there.
  func pass(_ point: Failpoint, or reason: HTTPError.Reason) throws(HTTPError) {
    guard request.connection == .fresh else { return }
    do throws(InjectedFailure) { try failpoint(point) } catch { throw fail(reason, "failpoint \(point.rawValue)") }
  }
}

#if FAILPOINTS
  extension Transfer {
    /// libcurl tells of bytes that it has written only to whoever debugs it.
    func watchBytesLeave() -> CURLcode {
      guard request.connection == .fresh, posthorn_set_long(easy, CURLOPT_VERBOSE, 1) == CURLE_OK,
        posthorn_set_pointer(easy, CURLOPT_DEBUGDATA, context) == CURLE_OK
      else { return CURLE_OK }
      return posthorn_set_debug_callback(easy, bytesLeft)
    }
  }

  /// The last byte of the body has been handed to the system. libcurl takes no error from here, so it waits for the outcome.
  private func bytesLeft(
    _: UnsafeMutableRawPointer?, _ kind: curl_infotype, _: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?
  ) -> Int32 {
    guard let transfer = Transfer.from(context), kind == CURLINFO_DATA_OUT else { return 0 }
    transfer.bodyBytesSent += Int64(count)
    guard transfer.bodyBytesSent == transfer.request.body?.length else { return 0 }
    do throws(HTTPError) { try transfer.pass(.callSent, or: .unanswered(.reset)) } catch { transfer.broken = error }
    return 0
  }
#endif
