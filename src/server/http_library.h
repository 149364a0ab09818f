#pragma once

#include <httplib.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "core/platform/tcp_connection.h"
#include "server/connection_threads.h"
#include "server/http_message.h"

/// What stands between the HTTP library's types and ours; its releases differ in a few of them (0.11 to 0.18).
namespace fude::server {

// What travels through the library's Request: the number of the connection, and Accept-Encoding.
inline constexpr const char* kConnectionHeader = "Fude-Connection";
inline constexpr const char* kEncodingsHeader = "Fude-Accept-Encoding";

/// The library's view of a connection.
class ConnectionStream : public httplib::Stream {
 public:
  explicit ConnectionStream(platform::TcpConnection& connection) : connection_(connection) {}

  // No `override`: later releases of the library have more of these than earlier ones.
  bool is_readable() const { return true; }
  bool wait_readable() const { return true; }
  bool is_writable() const { return !connection_.is_peer_gone(); }
  bool wait_writable() const { return is_writable(); }
  ssize_t read(char* bytes, std::size_t count) { return connection_.read(bytes, count); }
  ssize_t write(const char* bytes, std::size_t count) {
    return connection_.write(bytes, count) ? static_cast<ssize_t>(count) : -1;
  }
  void get_remote_ip_and_port(std::string& address, int& port) const {
    address = connection_.remote();
    port = 0;
  }
  void get_local_ip_and_port(std::string& address, int& port) const {
    address.clear();
    port = 0;
  }
  socket_t socket() const { return connection_.socket(); }
  time_t duration() const { return 0; }

 private:
  platform::TcpConnection& connection_;
};

/// Hands the library's connections to our threads.
class TaskQueue : public httplib::TaskQueue {
 public:
  explicit TaskQueue(std::shared_ptr<ConnectionThreads> threads) : threads_(std::move(threads)) {}

  // Returns nothing in earlier releases, whether it was taken in later ones.
  using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue(std::function<void()>()));
  Enqueued enqueue(std::function<void()> task) override {
    threads_->enqueue(std::move(task));
    return Enqueued(true);
  }
  void shutdown() override { threads_->shut_down(); }

 private:
  std::shared_ptr<ConnectionThreads> threads_;
};

/// Ours, of what the library read of a request's head; the body is still to be read. Absent: the target is no path of
/// ours.
std::optional<Request> request_of(const httplib::Request& from);

/// Makes the library send `from`: a body, a stream, or a file, of which it answers with the range that was asked for.
void send(httplib::Response& to, Response from);

}  // namespace fude::server
