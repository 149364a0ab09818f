#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/platform/tcp_connection.h"
#include "server/http_message.h"
#include "server/json_body.h"

namespace fude::server {

struct ServerOptions {
  std::string address = "127.0.0.1";  // a name or number of this machine
  int port = 7860;                    // 0: any that is free
  std::size_t largest_body = kLargestBody;
  std::size_t most_body_bytes = std::size_t{512} << 20;  // of all bodies at the same time (body_memory.h)
  int most_connections = 512;                            // at the same time; each has a thread while it is open
  std::chrono::milliseconds keep_alive{30'000};
  platform::ConnectionLimits limits{};
};

/// What a server does with requests. Both are called from many threads at once and do not throw.
struct RequestHooks {
  /// Looks at a request before its body is read; an answer refuses it, and the body is never taken.
  std::function<std::optional<Response>(const Request&)> admit;
  std::function<Response(Request)> answer;
};

/// Listens on one address and answers HTTP/1.1 until it is destroyed.
///
/// Each connection has a thread as long as it is open, up to `most_connections`; more wait in a line, and then idle
/// ones are closed. Slow clients, and those that stop reading, lose their connection after the times in `limits`, so
/// that neither they nor open event streams keep others waiting. Bodies must have a Content-Length of at most
/// `largest_body` (411, 413) and no Content-Encoding (415); while all together have `most_body_bytes` larger ones are
/// refused (503).
class HttpServer {
 public:
  /// Binds and listens; who connects is answered after start(). Throws Error(kInvalidArgument) saying what to do when
  /// the port is in use or may not be used, or the address is none of this machine's.
  explicit HttpServer(const ServerOptions& options);
  /// Closes the port, requests `gone` of every request, and waits for the handlers.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Begins to answer. Call once.
  void start(RequestHooks hooks);

  int port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fude::server
