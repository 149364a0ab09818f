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

// Where the empty line behind the headers ends; npos: it is not there yet. Lines may lack their carriage return.
std::size_t end_of_head(std::string_view text) {
  const std::size_t plain = text.find("\n\n"), usual = text.find("\n\r\n");
  if (plain == std::string_view::npos && usual == std::string_view::npos) return std::string_view::npos;
  return plain < usual ? plain + 2 : usual + 3;
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

// Puts at least one more byte into the buffer, behind so many that stay. None when the peer has ended.
bool TcpConnection::receive_behind(std::size_t kept, Clock::time_point until) {
  buffer_.resize(kept + kPiece);
  ssize_t count = -1;
  while (wait(POLLIN, until)) {
    count = ::recv(socket(), buffer_.data() + kept, kPiece, MSG_DONTWAIT);
    if (count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) break;
  }
  buffer_.resize(kept + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return count >= 0;
}

bool TcpConnection::fill(Clock::time_point until) {
  used_ = 0;
  return receive_behind(0, until);
}

bool TcpConnection::wait_for_request(std::chrono::milliseconds time) {
  return used_ < buffer_.size() || (fill(Clock::now() + time) && !buffer_.empty());
}

void TcpConnection::begin_request() {
  bytes_left_ = limits_.header_bytes;
  deadline_ = Clock::now() + limits_.header_time;
}

std::string_view TcpConnection::head() const {
  const std::string_view unread = std::string_view(buffer_).substr(used_);
  return unread.substr(0, end_of_head(unread));
}

RequestHead TcpConnection::wait_for_head() {
  buffer_.erase(0, used_);
  used_ = 0;
  while (end_of_head(buffer_) == std::string_view::npos) {
    if (buffer_.size() >= bytes_left_) return RequestHead::kTooLarge;
    const std::size_t before = buffer_.size();
    if (!receive_behind(before, deadline_)) {
      // wait() gives up as soon as less than a millisecond is left.
      const bool is_late = deadline_ - Clock::now() < std::chrono::milliseconds(1);
      return is_late ? RequestHead::kTooSlow : RequestHead::kEnded;
    }
    if (buffer_.size() == before) return RequestHead::kEnded;
  }
  return end_of_head(buffer_) > bytes_left_ ? RequestHead::kTooLarge : RequestHead::kWhole;
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
  constexpr std::size_t kMost = std::size_t{64} << 20;
  ::shutdown(socket(), SHUT_WR);
  const auto until = Clock::now() + kMoment;
  for (std::size_t seen = 0; seen < kMost && fill(until) && !buffer_.empty();) seen += buffer_.size();
}

}  // namespace fude::platform
