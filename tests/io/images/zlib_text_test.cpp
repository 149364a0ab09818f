#include "io/images/zlib_text.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/zlib_writer.h"

namespace fude::io {
namespace {

TEST(ZlibText, IsUnpackedAtAnyLength) {
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{100'000}}) {
    std::string text(length, 'a');
    for (std::size_t i = 0; i < length; i += 7) text[i] = static_cast<char>(i);
    EXPECT_EQ(unpack_zlib(tests::zlib_stream(text)), text);
    EXPECT_EQ(unpack_zlib(tests::zlib_stream(text) + "and more"), text);
  }
}

TEST(ZlibText, IsAbsentWhenDamagedOrCut) {
  std::string stream = tests::zlib_stream("a text that is long enough to be damaged in its middle");
  EXPECT_EQ(unpack_zlib(stream.substr(0, stream.size() - 1)), std::nullopt);
  EXPECT_EQ(unpack_zlib(""), std::nullopt);
  stream.back() = static_cast<char>(stream.back() ^ 1);  // the checksum
  EXPECT_EQ(unpack_zlib(stream), std::nullopt);
}

TEST(ZlibText, HasABoundOnWhatComesOut) {
  constexpr std::size_t kLongest = std::size_t{16} << 20;
  EXPECT_TRUE(unpack_zlib(tests::zlib_stream(std::string(kLongest, ' '))));
  EXPECT_EQ(unpack_zlib(tests::zlib_stream(std::string(kLongest + 1, ' '))), std::nullopt);
}

}  // namespace
}  // namespace fude::io
