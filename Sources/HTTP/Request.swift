/// One call. Its description shows the method and the origin, nothing else of it.
public struct Request: Sendable, CustomStringConvertible, CustomReflectable {
  public enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  /// Which connection carries it.
  public enum Connection: Sendable {
    /// A new one, closed afterwards: for every call that must not be made twice.
    ///
    /// On a reused connection that dies unanswered libcurl sends the request again by itself and reports one success (P2).
    case fresh
    /// An open one where there is one: for calls that may be repeated.
    case reusable
  }

  public enum Body: Equatable, Sendable {
    case bytes([UInt8])
    /// Read while it is sent. On a connection that dies it is never sent from its beginning again, whatever the connection is.
    case file(FileSlice)

    /// What `Content-Length` says.
    public var length: Int64 {
      switch self {
      case .bytes(let bytes): Int64(bytes.count)
      case .file(let slice): slice.length
      }
    }
  }

  /// What an answer of 3xx leads to.
  public enum Redirects: Equatable, Sendable {
    /// It is the answer.
    case never
    /// Followed for GET and HEAD, at most so many times; each target's scheme and address are checked as the first one's were, `https`
    /// never leads to `http`, and another origin gets no header but `accept` and `range`.
    case checked(maximum: Int)
  }

  public var method: Method
  public var url: Endpoint
  public var headers: Headers
  public var body: Body?
  public var connection: Connection
  public var redirects: Redirects
  /// Of the hosts that may have private addresses here, those that this request, and what it is redirected to, may go to; `nil`: all of them.
  /// Such a request takes no connection that another one has opened.
  public var privateHosts: Set<String>?
  /// From the call of `send` to the last byte of the answer, on the monotonic clock.
  public var deadline: Duration
  /// How many bytes of the answer's body are kept; what follows is not read, and the response says so.
  public var bodyLimit: Int
  /// The file that takes the answer's body.
  public var sink: FileSink?
  /// Ends the call, as the deadline does, once nothing has come or gone for so long. In whole seconds.
  public var stall: Duration?
  /// Asked while a body that is a file is sent, or an answer goes to a file: a "no" ends the call there.
  public var isWanted: @Sendable () -> Bool = { true }
  /// Asked once the connection stands, right before the first byte of the request: a "no" sends nothing.
  public var mayLeave: @Sendable () -> Bool = { true }

  public init(
    _ method: Method, _ url: Endpoint, headers: Headers = [:], body: [UInt8]? = nil, connection: Connection = .fresh,
    redirects: Redirects = .never, deadline: Duration = .seconds(30), bodyLimit: Int = 65_536, sink: FileSink? = nil,
    stall: Duration? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body.map(Body.bytes)
    self.connection = connection
    self.redirects = redirects
    self.deadline = deadline
    self.bodyLimit = bodyLimit
    self.sink = sink
    self.stall = stall
  }

  /// The same with a body of any kind.
  public init(
    _ method: Method, _ url: Endpoint, headers: Headers = [:], body: Body, connection: Connection = .fresh,
    deadline: Duration = .seconds(30), bodyLimit: Int = 65_536, stall: Duration? = nil
  ) {
    self.init(method, url, headers: headers, connection: connection, deadline: deadline, bodyLimit: bodyLimit, stall: stall)
    self.body = body
  }

  public var description: String { "\(method.rawValue) \(url)" }
  public var customMirror: Mirror { Mirror(self, children: ["method": method, "origin": url.origin]) }
}
