#include "service/thumbnails.h"

#include <gmock/gmock.h>
#include <webp/decode.h>

#include "tests/service/gallery_fixture.h"
#include "tests/support/refusal.h"

namespace fude::service {
namespace {

using testing::HasSubstr;

class ThumbnailsTest : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "a.png";
  Picture picture_;

  void SetUp() override {
    picture_.file = "day/a.png";
    picture_.fingerprint = "0123456789abcdef";
    draw(300, 100);
  }
  void draw(int width, int height) const {
    const auto count = static_cast<std::size_t>(width * height) * 3;
    io::write_png(file_,
                  {.width = width, .height = height, .channels = 3, .pixels = std::vector<std::uint8_t>(count, 90)});
  }
  static std::pair<int, int> size_of(const std::vector<std::byte>& bytes) {
    int width = 0, height = 0;
    EXPECT_TRUE(WebPGetInfo(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), &width, &height));
    return {width, height};
  }
  std::size_t kept() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_ / "cache"), {}));
  }
};

TEST_F(ThumbnailsTest, FitIntoTheSide) {
  const Thumbnails thumbnails(folder_ / "cache");
  EXPECT_EQ(size_of(thumbnails.get(picture_, file_, 128)), std::pair(128, 43));
  EXPECT_EQ(size_of(thumbnails.get(picture_, file_, 100)), std::pair(128, 43));  // rounded up
  EXPECT_EQ(kept(), 1u);
}

TEST_F(ThumbnailsTest, NeverGrow) {
  EXPECT_EQ(size_of(Thumbnails(folder_ / "cache").get(picture_, file_, 512)), std::pair(300, 100));
  draw(1000, 1);
  EXPECT_EQ(size_of(Thumbnails(folder_ / "cache2").get(picture_, file_, 64)), std::pair(64, 1));
}

TEST_F(ThumbnailsTest, AreKept) {
  const Thumbnails thumbnails(folder_ / "cache");
  const auto first = thumbnails.get(picture_, file_, 64);
  std::filesystem::remove(file_);
  EXPECT_EQ(thumbnails.get(picture_, file_, 64), first);
}

TEST_F(ThumbnailsTest, StayWithinTheirLimit) {
  const Thumbnails thumbnails(folder_ / "cache", /*most_bytes=*/1000);
  std::size_t one = 0;
  for (int i = 0; i < 30; ++i) {
    picture_.fingerprint = fmt::format("{:016x}", i);
    one = thumbnails.get(picture_, file_, 64).size();
  }
  EXPECT_LE(kept() * one, 1000u);
  EXPECT_GE(kept(), 1u);
}

TEST_F(ThumbnailsTest, TellOfDamage) {
  const std::vector<std::byte> whole = picture_bytes("");
  write_file(file_, std::span(whole).first(60));
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [&] { Thumbnails(folder_ / "cache").get(picture_, file_, 64); }),
              HasSubstr("'day/a.png' is a damaged PNG picture"));
}

TEST_F(ThumbnailsTest, RefuseAnImageBomb) {
  std::vector<std::byte> bytes = picture_bytes("");
  for (const std::size_t at : {17u, 21u}) bytes[at] = std::byte{0x0F};  // 983048 x 983044 pixels
  write_file(file_, bytes);
  tests::refusal(ErrorCode::kCorruptFile, [&] { Thumbnails(folder_ / "cache").get(picture_, file_, 64); });
}

TEST_F(ThumbnailsTest, RefuseOtherSides) {
  const Thumbnails thumbnails(folder_ / "cache");
  tests::refusal(ErrorCode::kInvalidArgument, [&] { thumbnails.get(picture_, file_, 63); });
  tests::refusal(ErrorCode::kInvalidArgument, [&] { thumbnails.get(picture_, file_, 1025); });
}

}  // namespace
}  // namespace fude::service
