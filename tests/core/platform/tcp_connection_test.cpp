#include "core/platform/tcp_connection.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <thread>

namespace fude::platform {
namespace {

using namespace std::chrono_literals;

/// Two ends of a connection: ours, and a plain socket.
class TcpConnectionTest : public testing::Test {
 protected:
  TcpConnectionTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    ours_ = ends[0];
    peer_ = std::make_unique<FileDescriptor>(ends[1]);
  }

  void send(const std::string& bytes) {
    EXPECT_EQ(::send(peer_->number(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }

  ConnectionLimits limits_{.header_bytes = 10, .header_time = 100ms, .body_time = 100ms, .write_pause = 100ms};
  Cancellation stop_;
  int ours_ = -1;
  std::unique_ptr<FileDescriptor> peer_;
  std::array<char, 64> bytes_{};
};

TEST_F(TcpConnectionTest, HandsOutWhatCameUpToTheLimitOfHeaders) {
  TcpConnection ours(ours_, limits_, stop_);
  send("0123456789abc");
  ASSERT_TRUE(ours.wait_for_request(1s));
  ours.begin_request();
  EXPECT_EQ(ours.read(bytes_.data(), 4), 4);
  EXPECT_EQ(ours.read(bytes_.data(), 64), 6);
  EXPECT_EQ(ours.read(bytes_.data(), 64), -1);
  ours.begin_body(3);
  EXPECT_EQ(ours.read(bytes_.data(), 64), 3);
  EXPECT_EQ(std::string(bytes_.data(), 3), "abc");
}

TEST_F(TcpConnectionTest, BytesThatDripInDoNotProlongTheTime) {
  TcpConnection ours(ours_, limits_, stop_);
  ours.begin_request();
  send("0");
  EXPECT_EQ(ours.read(bytes_.data(), 1), 1);
  std::this_thread::sleep_for(120ms);
  send("1");
  EXPECT_EQ(ours.read(bytes_.data(), 1), -1);
}

TEST_F(TcpConnectionTest, NoRequestIsNoError) {
  TcpConnection ours(ours_, limits_, stop_);
  EXPECT_FALSE(ours.wait_for_request(20ms));
  EXPECT_FALSE(ours.is_peer_gone());
}

TEST_F(TcpConnectionTest, SeesThatThePeerHasGone) {
  TcpConnection ours(ours_, limits_, stop_);
  peer_.reset();
  EXPECT_TRUE(ours.is_peer_gone());
  EXPECT_FALSE(ours.wait_for_request(1s));
  ours.begin_request();
  EXPECT_EQ(ours.read(bytes_.data(), 1), 0);
}

TEST_F(TcpConnectionTest, WritingEndsWhenThePeerTakesNothing) {
  TcpConnection ours(ours_, limits_, stop_);
  const std::string much(std::size_t{8} << 20, 'x');
  EXPECT_FALSE(ours.write(much.data(), much.size()));
}

TEST_F(TcpConnectionTest, AStopEndsWaitingButNotAShortAnswer) {
  limits_.header_time = 60s;
  TcpConnection ours(ours_, limits_, stop_);
  ours.begin_request();
  std::jthread stopper([&] {
    std::this_thread::sleep_for(20ms);
    stop_.request();
  });
  EXPECT_EQ(ours.read(bytes_.data(), 1), -1);
  EXPECT_TRUE(ours.write("bye", 3));
}

}  // namespace
}  // namespace fude::platform
