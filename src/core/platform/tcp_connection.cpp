#include "core/platform/tcp_connection.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace fude::platform {
namespace {

constexpr std::chrono::milliseconds kLook{200};  // at `stop`
constexpr std::size_t kPiece = std::size_t{16} << 10;

std::string remote_address(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  std::array<char, NI_MAXHOST> name{};
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::getpeername(socket, plain, &size) != 0) return {};
  if (::getnameinfo(plain, size, name.data(), name.size(), nullptr, 0, NI_NUMERICHOST) != 0) return {};
  const std::string text(name.data());
  return text.starts_with("::ffff:") ? text.substr(7) : text;  // IPv4 through an IPv6 socket
}

}  // namespace

TcpConnection::TcpConnection(int socket, const ConnectionLimits& limits, const Cancellation& stop)
    : socket_(socket), limits_(limits), stop_(stop), remote_(remote_address(socket)) {
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));  // events are small and wanted at once
}

bool TcpConnection::wait(short events, Clock::time_point until) const {
  while (!stop_.is_requested()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return false;
    pollfd asked{.fd = socket(), .events = events, .revents = 0};
    const int ready = ::poll(&asked, 1, static_cast<int>(std::min(left, kLook).count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
  return false;
}

// Puts at least one more byte into the empty buffer.
bool TcpConnection::fill(Clock::time_point until) {
  buffer_.resize(kPiece);
  used_ = 0;
  ssize_t count = -1;
  while (wait(POLLIN, until)) {
    count = ::recv(socket(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) break;
  }
  buffer_.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return count >= 0;
}

bool TcpConnection::wait_for_request(std::chrono::milliseconds time) {
  return used_ < buffer_.size() || (fill(Clock::now() + time) && !buffer_.empty());
}

void TcpConnection::begin_request() {
  bytes_left_ = limits_.header_bytes;
  deadline_ = Clock::now() + limits_.header_time;
}

void TcpConnection::begin_body(std::size_t bytes) {
  bytes_left_ = bytes;
  deadline_ = Clock::now() + limits_.body_time + std::chrono::seconds(bytes / limits_.body_bytes_a_second);
}

std::ptrdiff_t TcpConnection::read(char* bytes, std::size_t count) {
  if (bytes_left_ == 0 || Clock::now() > deadline_) return -1;
  if (used_ == buffer_.size()) {
    if (!fill(deadline_)) return -1;
    if (buffer_.empty()) return 0;
  }
  const std::size_t taken = std::min({count, buffer_.size() - used_, bytes_left_});
  std::memcpy(bytes, buffer_.data() + used_, taken);
  used_ += taken;
  bytes_left_ -= taken;
  return static_cast<std::ptrdiff_t>(taken);
}

bool TcpConnection::write(const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t sent = ::send(socket(), bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return false;
    if (sent < 0 && !wait(POLLOUT, Clock::now() + limits_.write_pause)) return false;
    const auto done = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    bytes += done;
    count -= done;
  }
  return true;
}

bool TcpConnection::is_peer_gone() const {
  pollfd asked{.fd = socket(), .events = POLLRDHUP, .revents = 0};
  return ::poll(&asked, 1, 0) > 0 && (asked.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

void TcpConnection::finish() {
  constexpr std::chrono::seconds kMoment{1};
  constexpr std::size_t kMost = std::size_t{8} << 20;
  ::shutdown(socket(), SHUT_WR);
  const auto until = Clock::now() + kMoment;
  for (std::size_t seen = 0; seen < kMost && fill(until) && !buffer_.empty();) seen += buffer_.size();
}

}  // namespace fude::platform
