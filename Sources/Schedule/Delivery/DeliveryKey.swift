/// The form of a delivery's key: `msg_` and 32 hexadecimal digits. One that comes out of a file has to have it before anything is made of it:
/// a header, the name of a file, a signature.
public enum DeliveryKey {
  public static func isWellFormed(_ text: String) -> Bool {
    text.utf8.count == 36 && text.hasPrefix("msg_")
      && text.utf8.dropFirst(4).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
