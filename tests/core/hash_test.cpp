#include "core/hash.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/error.h"

namespace fude {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// FIPS 180-4 examples.
TEST(Sha256, MatchesThePublishedExamples) {
  EXPECT_EQ(sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex(bytes_of("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, DoesNotDependOnHowTheBytesArrive) {
  Sha256 pieces;
  pieces.update(bytes_of("a"));
  pieces.update({});
  pieces.update(bytes_of("bc"));
  EXPECT_EQ(pieces.finish(), sha256_hex(bytes_of("abc")));
}

// RFC 1321, appendix A.5.
TEST(Md5, MatchesThePublishedExamples) {
  EXPECT_EQ(md5_hex({}), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(md5_hex(bytes_of("message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST(Sha256, ReportsProgressUpToTheEndAndCanBeStopped) {
  const std::vector<std::byte> data((3 << 20) + 5);
  std::vector<std::size_t> reports;
  sha256_hex(data, [&](std::size_t done) { reports.push_back(done); });
  EXPECT_EQ(reports, (std::vector<std::size_t>{1 << 20, 2 << 20, 3 << 20, data.size()}));

  std::size_t hashed = 0;
  const auto stop = [&](std::size_t done) {
    hashed = done;
    fail(ErrorCode::kCancelled, "stopped");
  };
  EXPECT_THROW(sha256_hex(data, stop), Error);
  EXPECT_EQ(hashed, 1U << 20) << "bytes that were hashed before the stop";
}

TEST(Fnv1a64, MatchesThePublishedExamples) {
  EXPECT_EQ(fnv1a64(""), 0xCBF29CE484222325u);
  EXPECT_EQ(fnv1a64("foobar"), 0x85944171F73967E8u);
}

}  // namespace
}  // namespace fude
