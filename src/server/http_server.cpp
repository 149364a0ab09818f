#include "server/http_server.h"

#include <httplib.h>

#include <cerrno>
#include <charconv>
#include <mutex>
#include <thread>
#include <type_traits>
#include <unordered_map>

#include "core/error.h"
#include "server/body_memory.h"
#include "server/connection_threads.h"
#include "server/error_response.h"
#include "server/http_library.h"

namespace fude::server {
namespace {

using platform::TcpConnection;

constexpr int kMostRequests = 1000;  // on one connection
constexpr int kBacklog = 512;        // connections that the system holds until they are accepted

// A whole number, -1 when it is none.
std::int64_t whole_number(std::string_view text) {
  std::int64_t number = -1;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc() && end == text.data() + text.size() && number >= 0 ? number : -1;
}

std::string reason(int status) {
  switch (status) {
    case 408: return "the headers did not come in time";
    case 414: return "the address is too long";
    case 431: return "the headers are too large";
    case 416: return "the range is not inside of the file";
    default: return "the request is not understood";
  }
}

// The status that refuses a request by what its head is; 0: it is as it should be, -1: nobody is there to be answered.
int problem_of_head(TcpConnection& connection) {
  constexpr std::size_t kLongestLine = 8000;  // the library gives up on more without a word
  const platform::RequestHead state = connection.wait_for_head();
  if (state == platform::RequestHead::kEnded) return -1;
  if (state == platform::RequestHead::kTooSlow) return 408;
  std::string_view lines = connection.head();
  const std::size_t first = lines.find('\n');
  if (first == std::string_view::npos || first > kLongestLine) return 414;
  if (state == platform::RequestHead::kTooLarge) return 431;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size() - 1);
    if (end > kLongestLine) return 431;
    lines.remove_prefix(end + 1);
  }
  return 0;
}

// For requests that the library never sees. The words behind the status are nobody's to read.
void write_refusal(TcpConnection& connection, int status) {
  const Response response = error_response(status, reason(status), "/");
  const std::string text =
      fmt::format("HTTP/1.1 {} Refused\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
                  status, response.content_type, response.body.size(), response.body);
  connection.write(text.data(), text.size());
}

[[noreturn]] void fail_binding(const ServerOptions& options, int error_number) {
  if (error_number == EADDRINUSE) {
    fail(ErrorCode::kInvalidArgument,
         "port {} of {} is in use: is Fude running already? Open http://{}:{} or choose another port with --port {}",
         options.port, options.address, options.address, options.port, options.port + 1);
  }
  if (error_number == EACCES) {
    fail(ErrorCode::kInvalidArgument,
         "port {} is kept for the system's administrator, choose one from 1024 on with --port", options.port);
  }
  fail(ErrorCode::kInvalidArgument,
       "'{}' port {} cannot be listened on: {}; --listen takes an address of this machine, "
       "or 0.0.0.0 for all of them",
       printable(options.address), options.port, platform::system_message(error_number));
}

}  // namespace

class HttpServer::Impl : private httplib::Server {
 public:
  explicit Impl(const ServerOptions& options)
      : options_(options),
        bodies_(options.most_body_bytes),
        threads_(std::make_shared<ConnectionThreads>(static_cast<std::size_t>(options.most_connections))) {
    configure();
    bind();
  }

  void start(RequestHooks hooks) {
    hooks_ = std::move(hooks);
    listener_ = std::thread([this] {
      listen_after_bind();
      has_ended_ = true;
    });
    while (!is_running() && !has_ended_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    watcher_ = std::thread([this] { watch(); });
  }

  ~Impl() override {
    if (!listener_.joinable()) {
      ::close(svr_sock_);
      return;
    }
    stopping_.request();
    stop();
    listener_.join();  // and with it every connection
    watcher_.join();
  }

  int port() const { return port_; }

 private:
  struct Open {
    TcpConnection* connection = nullptr;
    std::shared_ptr<Cancellation> gone{};  // of the request that is being answered
    bool is_whole = false;                 // that request was read to its end: another may follow
  };

  void configure() {
    // The library's own choice, SO_REUSEPORT, would let two servers share a port without a word.
    set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    new_task_queue = [this] { return new TaskQueue(threads_); };
    set_keep_alive_max_count(kMostRequests);
    set_keep_alive_timeout(std::chrono::duration_cast<std::chrono::seconds>(options_.keep_alive).count());
    // Everything is done here, before the library would read a body with limits of its own or look for a route.
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      send(response, answer(request));
      return HandlerResponse::Handled;
    });
    set_error_handler(Handler([](const httplib::Request& request, httplib::Response& response) {
      if (!response.body.empty() || response.content_provider_) return;
      send(response, error_response(response.status, reason(response.status), request.path));
    }));
  }

  void bind() {
    errno = 0;
    if (options_.port == 0) {
      port_ = bind_to_any_port(options_.address);
    } else {
      port_ = bind_to_port(options_.address, options_.port) ? options_.port : -1;
    }
    if (port_ < 0) fail_binding(options_, errno);
    ::listen(svr_sock_, kBacklog);  // again, since the library's own backlog is five
  }

  // The library's loop over one connection would know neither a total time nor a limit for headers.
  bool process_and_close_socket(socket_t socket) override {
    TcpConnection connection(socket, options_.limits, stopping_);
    const std::uint64_t number = add(connection);
    for (int left = kMostRequests; left > 0 && wait_for_request(connection, left == kMostRequests); --left) {
      if (!process_one(connection, number, left == 1)) break;
    }
    connection.finish();
    remove(number);
    return true;
  }

  // Idle connections make room as soon as others wait for a thread.
  bool wait_for_request(TcpConnection& connection, bool is_first) const {
    constexpr std::chrono::milliseconds kLook{250};
    const auto until =
        std::chrono::steady_clock::now() + (is_first ? options_.limits.header_time : options_.keep_alive);
    while (std::chrono::steady_clock::now() < until && !stopping_.is_requested()) {
      if (connection.wait_for_request(kLook)) return true;
      if (connection.is_peer_gone() || (!is_first && threads_->is_crowded())) return false;
    }
    return false;
  }

  bool process_one(TcpConnection& connection, std::uint64_t number, bool is_last) {
    connection.begin_request();
    if (const int problem = problem_of_head(connection); problem != 0) {
      if (problem > 0) write_refusal(connection, problem);
      return false;
    }
    ConnectionStream stream(connection);
    bool is_closed = false;
    const bool must_close = is_last || threads_->is_crowded() || stopping_.is_requested();
    const std::function<void(httplib::Request&)> prepare = [&](httplib::Request& request) {
      // Under its own name the library would see it, and compress what is compressed already.
      const std::string encodings = request.get_header_value("Accept-Encoding");
      request.headers.erase("Accept-Encoding");
      request.headers.erase(kEncodingsHeader);
      request.set_header(kEncodingsHeader, encodings);
      request.headers.erase(kConnectionHeader);
      request.set_header(kConnectionHeader, std::to_string(number));
    };
    const bool is_done = call_library(*this, stream, connection.remote(), must_close, is_closed, prepare);
    return is_done && !is_closed && !must_close && !ends_after_answer(number);
  }

  // Later releases want the addresses told, earlier ones do not know those parameters.
  template <typename Self>
  static bool call_library(Self& self, httplib::Stream& stream, const std::string& remote, bool must_close,
                           bool& is_closed, const std::function<void(httplib::Request&)>& prepare) {
    if constexpr (requires { self.process_request(stream, must_close, is_closed, prepare); }) {
      return self.process_request(stream, must_close, is_closed, prepare);
    } else {
      return self.process_request(stream, remote, 0, std::string(), 0, must_close, is_closed, prepare);
    }
  }

  std::uint64_t add(TcpConnection& connection) {
    const std::lock_guard guard(lock_);
    open_[++last_number_] = {.connection = &connection};
    return last_number_;
  }

  Open& open(std::uint64_t number) {
    const std::lock_guard guard(lock_);
    return open_.at(number);  // stays where it is until its own thread removes it
  }

  void begin_answer(std::uint64_t number, const std::shared_ptr<Cancellation>& gone) {
    const std::lock_guard guard(lock_);
    open_.at(number).gone = gone;
    open_.at(number).is_whole = true;
  }

  void remove(std::uint64_t number) {
    const std::lock_guard guard(lock_);
    open_.erase(number);
  }

  bool ends_after_answer(std::uint64_t number) {
    const std::lock_guard guard(lock_);
    Open& open = open_.at(number);
    open.gone.reset();
    return !std::exchange(open.is_whole, false);
  }

  static std::uint64_t number_of(const httplib::Request& request) {
    return std::stoull(request.get_header_value(kConnectionHeader));
  }

  // Notices clients that leave while a handler works for them.
  void watch() {
    while (!stopping_.is_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      const std::lock_guard guard(lock_);
      for (const auto& [number, open] : open_) {
        if (open.gone && open.connection->is_peer_gone()) open.gone->request();
      }
    }
    while (!has_ended_) {  // those that began in the last moment, too
      {
        const std::lock_guard guard(lock_);
        for (const auto& [number, open] : open_) {
          if (open.gone) open.gone->request();
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  Response answer(const httplib::Request& from) {
    const std::uint64_t number = number_of(from);
    TcpConnection& connection = *open(number).connection;
    auto request = request_of(from);
    if (!request) return error_response(400, "the address is not understood", "/");
    request->remote = connection.remote();
    const auto gone = std::make_shared<Cancellation>();
    request->gone = gone;
    if (auto refusal = refusal_of_body(from, *request)) return std::move(*refusal);
    if (auto refusal = hooks_.admit(*request)) return std::move(*refusal);
    BodyMemory::Share share(bodies_);  // until the request is answered
    if (auto refusal = read_body(connection, from, share, *request)) return std::move(*refusal);
    begin_answer(number, gone);
    return hooks_.answer(std::move(*request));
  }

  std::optional<Response> refusal_of_body(const httplib::Request& from, const Request& request) const {
    if (from.has_header("Transfer-Encoding")) {
      return error_response(411, "the body has no Content-Length, which is needed here", request.path);
    }
    if (from.has_header("Content-Encoding")) return error_response(415, "the body is compressed", request.path);
    const auto count = from.get_header_value_count("Content-Length");
    if (count == 0) return std::nullopt;
    const std::int64_t length = count == 1 ? whole_number(from.get_header_value("Content-Length")) : -1;
    if (length < 0) return error_response(400, "Content-Length is no whole number", request.path);
    if (static_cast<std::uint64_t>(length) > options_.largest_body) {
      return error_response(
          413, fmt::format("the body has {} bytes, expected at most {}", length, options_.largest_body), request.path);
    }
    return std::nullopt;
  }

  static std::optional<Response> read_body(TcpConnection& connection, const httplib::Request& from,
                                           BodyMemory::Share& share, Request& request) {
    if (!from.has_header("Content-Length")) return std::nullopt;
    std::string& body = request.body;
    const auto length = static_cast<std::size_t>(whole_number(from.get_header_value("Content-Length")));
    connection.begin_body(length);
    // Memory is taken as the bytes come, not as they are announced.
    constexpr std::size_t kPiece = std::size_t{1} << 20;
    while (body.size() < length) {
      const std::size_t before = body.size(), next = std::min(length, before + kPiece);
      if (!share.grow_to(next)) {
        body = {};
        return error_response(503, "too much is being sent to this server at the same time, expected a pause",
                              request.path);
      }
      body.resize(next);
      const std::ptrdiff_t count = connection.read(body.data() + before, body.size() - before);
      if (count <= 0) return error_response(400, "the body did not come whole, or too slowly", request.path);
      body.resize(before + static_cast<std::size_t>(count));
    }
    return std::nullopt;
  }

  RequestHooks hooks_;
  ServerOptions options_;
  BodyMemory bodies_;
  std::shared_ptr<ConnectionThreads> threads_;
  Cancellation stopping_;
  std::atomic<bool> has_ended_ = false;
  int port_ = -1;
  std::mutex lock_;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, Open> open_;
  std::thread listener_, watcher_;
};

HttpServer::HttpServer(const ServerOptions& options) : impl_(std::make_unique<Impl>(options)) {}
HttpServer::~HttpServer() = default;
void HttpServer::start(RequestHooks hooks) { impl_->start(std::move(hooks)); }
int HttpServer::port() const { return impl_->port(); }

}  // namespace fude::server
