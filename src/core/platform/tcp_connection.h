#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/cancellation.h"
#include "core/platform/file_descriptor.h"

namespace fude::platform {

/// How long a peer may take, and how much it may send, before it is let go.
struct ConnectionLimits {
  std::size_t header_bytes = std::size_t{64} << 10;         // request line and headers
  std::chrono::milliseconds header_time{15'000};            // from the first byte to the last header
  std::chrono::milliseconds body_time{30'000};              // for any body, and beside that
  std::size_t body_bytes_a_second = std::size_t{32} << 10;  // as slow as this
  std::chrono::milliseconds write_pause{20'000};            // without the peer taking a byte
};

/// How the head of a request (its first line and its headers) came.
enum class RequestHead { kWhole, kTooLarge, kTooSlow, kEnded };

/// One accepted TCP connection. Whatever waits here also ends, within a quarter of a second, when `stop` is requested.
/// For one thread at a time, but for is_peer_gone().
class TcpConnection {
 public:
  /// Owns the socket from now on. `stop` outlives the connection.
  TcpConnection(int socket, const ConnectionLimits& limits, const Cancellation& stop);

  /// Waits for the first byte of a next request. False: none came in time, or none will come.
  bool wait_for_request(std::chrono::milliseconds time);

  /// From here on bytes and time of a request's headers are counted.
  void begin_request();
  /// Waits for all of the head, which read() then hands out.
  RequestHead wait_for_head();
  /// As much of it as is here.
  std::string_view head() const;
  /// And from here on those of a body of this size.
  void begin_body(std::size_t bytes);

  /// Reads at least one byte and returns how many; 0: the peer has ended; -1: a limit is reached, or the socket failed.
  std::ptrdiff_t read(char* bytes, std::size_t count);
  /// Sends all bytes; false: the peer has gone or takes nothing.
  bool write(const char* bytes, std::size_t count);

  /// The peer has closed its side. Any thread may ask.
  bool is_peer_gone() const;

  /// The last thing: ends our side and reads what is still on its way for a moment, since closing a socket with unread
  /// bytes would destroy the answer before the peer has read it.
  void finish();

  int socket() const { return socket_.number(); }
  /// The peer's address, "127.0.0.1" or "::1"; empty when the system does not tell.
  const std::string& remote() const { return remote_; }

 private:
  using Clock = std::chrono::steady_clock;

  bool wait(short events, Clock::time_point until) const;
  bool fill(Clock::time_point until);
  bool receive_behind(std::size_t kept, Clock::time_point until);

  FileDescriptor socket_;
  ConnectionLimits limits_;
  const Cancellation& stop_;
  std::string remote_;
  std::string buffer_;  // read, not yet handed out
  std::size_t used_ = 0;
  std::size_t bytes_left_ = 0;
  Clock::time_point deadline_;
};

}  // namespace fude::platform
