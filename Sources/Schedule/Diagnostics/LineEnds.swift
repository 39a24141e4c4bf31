extension String {
  /// With `\n` for each line end, whoever wrote it: `\r\n`, `\r` or `\n`. By bytes, because `\r\n` is one `Character`, and `\r\r\n` two.
  var withLineFeeds: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    var isAfterReturn = false
    for byte in utf8 {
      if byte != 0x0A || !isAfterReturn { bytes.append(byte == 0x0D ? 0x0A : byte) }
      isAfterReturn = byte == 0x0D
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
