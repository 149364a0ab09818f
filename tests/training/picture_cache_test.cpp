#include "training/picture_cache.h"

#include <gtest/gtest.h>

#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::training {
namespace {

/// Pictures of one colour, their index.
class PlainPictures : public PictureSource {
 public:
  explicit PlainPictures(std::int64_t count, std::string identity = "plain")
      : count_(count), identity_(std::move(identity)) {}

  std::int64_t count() const override { return count_; }
  std::int64_t size() const override { return 4; }
  std::string identity() const override { return identity_; }
  Pixels picture(std::int64_t index) const override { return Pixels(4 * 4 * 3, static_cast<std::uint8_t>(index)); }
  std::vector<std::string> tags(std::int64_t index) const override { return {"tag " + std::to_string(index)}; }
  std::vector<std::string> all_tags() const override { return {}; }

 private:
  std::int64_t count_;
  std::string identity_;
};

class PictureCacheTest : public testing::Test {
 protected:
  PictureCache prepare(const PictureSource& source) {
    return PictureCache::prepare(source, folder_ / "pictures.u8", pool_, [](auto, auto) { return true; });
  }

  tests::TemporaryFolder folder_;
  WorkerPool pool_{2};
};

TEST_F(PictureCacheTest, HoldsPicturesAndTagsInTheirOrder) {
  const PictureCache cache = prepare(PlainPictures(5));
  ASSERT_EQ(cache.count(), 5);
  EXPECT_EQ(cache.pixels().sizes(), (at::IntArrayRef{5, 4, 4, 3}));
  for (std::int64_t i = 0; i < 5; ++i) {
    EXPECT_TRUE(cache.pixels()[i].eq(i).all().item<bool>()) << i;
    EXPECT_EQ(cache.tags()[static_cast<std::size_t>(i)], std::vector<std::string>{"tag " + std::to_string(i)});
  }
}

TEST_F(PictureCacheTest, GrowsWithItsSource) {
  prepare(PlainPictures(2));
  const PictureCache cache = prepare(PlainPictures(4));
  EXPECT_EQ(cache.count(), 4);
  EXPECT_EQ(cache.pixels()[3][0][0][0].item<int>(), 3);
}

TEST_F(PictureCacheTest, RefusesPicturesOfAnotherSource) {
  prepare(PlainPictures(2));
  EXPECT_NE(tests::refusal(ErrorCode::kInvalidArgument, [&] { prepare(PlainPictures(2, "other")); }).find("plain"),
            std::string::npos);
}

TEST(ToImage, BringsBytesToMinusOneToOneAndBack) {
  const at::Tensor pixels = at::arange(256, at::kLong).to(at::kByte).view({1, 16, 16, 1}).expand({1, 16, 16, 3});
  const at::Tensor image = to_image(pixels);
  EXPECT_EQ(image.sizes(), (at::IntArrayRef{1, 3, 16, 16}));
  EXPECT_FLOAT_EQ(image.min().item<float>(), -1);
  EXPECT_FLOAT_EQ(image.max().item<float>(), 1);
  EXPECT_TRUE(to_pixels(image).equal(pixels));
}

TEST(ToPixels, ClampsAndRounds) {
  const at::Tensor image = at::tensor({-3.F, 0.F, 5.F, 0.004F}).view({1, 1, 2, 2});
  const at::Tensor expected = at::tensor({0, 128, 255, 128}, at::kLong).to(at::kByte).view({1, 2, 2, 1});
  EXPECT_TRUE(to_pixels(image).equal(expected));
}

}  // namespace
}  // namespace fude::training
