#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <string_view>

#include "core/platform/file_descriptor.h"

namespace fude::server {

/// A client that sends exactly the bytes it is told to, as slowly as it is told to.
class RawClient {
 public:
  /// `receive_buffer`: bytes that the system takes for a client that does not read; 0: as always.
  explicit RawClient(int port, int receive_buffer = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) {
      ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    EXPECT_EQ(::connect(socket_.number(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }

  bool send(std::string_view bytes) {
    return ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }

  /// What came until `words` came, the server closed the connection, or the time was over.
  std::string read_until(std::string_view words, std::chrono::milliseconds time = std::chrono::seconds(10)) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (words.empty() || seen_.find(words) == std::string::npos) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      pollfd asked{.fd = socket_.number(), .events = POLLIN, .revents = 0};
      if (left.count() <= 0 || ::poll(&asked, 1, static_cast<int>(left.count())) <= 0) break;
      std::string piece(65536, '\0');
      const ssize_t count = ::recv(socket_.number(), piece.data(), piece.size(), 0);
      is_closed_ = count <= 0;
      if (is_closed_) break;
      seen_.append(piece, 0, static_cast<std::size_t>(count));
    }
    return seen_;
  }

  /// What came until the server closed the connection.
  std::string read_all(std::chrono::milliseconds time = std::chrono::seconds(10)) { return read_until("", time); }

  bool is_closed() const { return is_closed_; }

 private:
  platform::FileDescriptor socket_;
  std::string seen_;
  bool is_closed_ = false;
};

/// The first line and headers of a request without a body.
inline std::string get_request(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

}  // namespace fude::server
