import Foundation

/// A real git server over https: nginx in front of `git http-backend`, with an authority of its own, for the name `localhost`.
public final class GitServer: Sendable {
  public let folder: TemporaryFolder
  public let port: Int
  public let user = "ann"
  public let password = "correct horse"
  /// The authority's certificate.
  public let authority: String
  private let services: [Service]

  public init() throws {
    let folder = try TemporaryFolder("https")
    self.folder = folder
    port = try freePort()
    authority = folder.path("ca.pem")
    try Self.makeCertificates(in: folder)
    for name in ["repositories", "temp"] {
      try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
    }
    try folder.write("\(user):{PLAIN}\(password)\n", to: "users")
    let backend = try run(["git", "--exec-path"]).trimmingCharacters(in: .whitespacesAndNewlines) + "/git-http-backend"
    try folder.write(Self.configuration(folder, port: port, backend: backend), to: "nginx.conf")
    let socket = folder.path("fcgi.sock")
    let fcgi = try Service(["/usr/sbin/fcgiwrap", "-c", "4", "-s", "unix:\(socket)"], log: folder.path("fcgi.log")) {
      FileManager.default.fileExists(atPath: socket)
    }
    let port = port
    let nginx = try Service(
      ["/usr/sbin/nginx", "-p", folder.path, "-e", folder.path("error.log"), "-c", folder.path("nginx.conf")], log: folder.path("nginx.log")
    ) {
      isListening(port)
    }
    services = [nginx, fcgi]
  }

  /// The URL of the repository called `name`.
  public func url(_ name: String) -> String { "https://localhost:\(port)/\(name)" }
  /// Where the repository called `name` has to be.
  public func path(_ name: String) -> String { folder.path("repositories/\(name)") }

  private static func makeCertificates(in folder: TemporaryFolder) throws {
    try folder.write("subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n", to: "names")
    for command in [
      "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Test-CA -keyout ca.key -out ca.pem",
      "openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr",
      "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem",
    ] { try run(command.split(separator: " ").map(String.init), in: folder.path) }
  }

  private static func configuration(_ folder: TemporaryFolder, port: Int, backend: String) -> String {
    """
    \(getuid() == 0 ? "user root;" : "")
    daemon off;
    worker_processes 1;
    pid \(folder.path("nginx.pid"));
    error_log \(folder.path("error.log"));
    events { worker_connections 64; }
    http {
      access_log \(folder.path("access.log"));
      client_max_body_size 0;
      client_body_temp_path \(folder.path("temp/body"));
      proxy_temp_path \(folder.path("temp/proxy"));
      fastcgi_temp_path \(folder.path("temp/fastcgi"));
      uwsgi_temp_path \(folder.path("temp/uwsgi"));
      scgi_temp_path \(folder.path("temp/scgi"));
      server {
        listen 127.0.0.1:\(port) ssl;
        server_name localhost;
        ssl_certificate \(folder.path("server.pem"));
        ssl_certificate_key \(folder.path("server.key"));
        location / {
          auth_basic "git";
          auth_basic_user_file \(folder.path("users"));
          fastcgi_pass unix:\(folder.path("fcgi.sock"));
          fastcgi_param SCRIPT_FILENAME \(backend);
          fastcgi_param GIT_PROJECT_ROOT \(folder.path("repositories"));
          fastcgi_param GIT_HTTP_EXPORT_ALL 1;
          fastcgi_param PATH_INFO $uri;
          fastcgi_param QUERY_STRING $query_string;
          fastcgi_param REQUEST_METHOD $request_method;
          fastcgi_param CONTENT_TYPE $content_type;
          fastcgi_param CONTENT_LENGTH $content_length;
          fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
          fastcgi_param REMOTE_USER $remote_user;
        }
      }
    }

    """
  }
}
