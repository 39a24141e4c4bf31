extension String {
  /// With each of these scalars replaced. A mark behind one makes another `Character` of it, and hides it from nothing here.
  public func escaping(_ replacements: [Unicode.Scalar: String]) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if let replacement = replacements[scalar] { escaped.append(contentsOf: replacement.unicodeScalars) } else { escaped.append(scalar) }
    }
    return String(escaped)
  }
}
