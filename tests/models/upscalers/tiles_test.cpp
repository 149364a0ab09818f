#include "models/upscalers/tiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "core/error.h"
#include "io/images/png_file.h"
#include "models/upscalers/load_upscaler.h"
#include "tests/support/tiny_upscalers.h"
#include "tests/support/upscaler_layers.h"

namespace fude::models {
namespace {

const TileListener kNobody = [](int64_t, int64_t) {};

io::Image picture_of(int width, int height) {
  io::Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
  for (int i = 0; i < width * height * 3; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 73 % 251));
  return image;
}

int largest_difference(const io::Image& a, const io::Image& b) {
  if (a.width != b.width || a.height != b.height) return 256;
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  return largest;
}

/// Gives each pixel's place in the piece it sees, so that what lies at a piece's edge can be told.
class EdgeMarker : public Upscaler {
 public:
  at::Tensor enlarge(const at::Tensor& picture) const override {
    at::Tensor inner = at::ones_like(picture);
    inner.narrow(2, 0, 1).zero_();
    inner.narrow(3, 0, 1).zero_();
    inner.narrow(2, picture.size(2) - 1, 1).zero_();
    inner.narrow(3, picture.size(3) - 1, 1).zero_();
    return inner;
  }
  int64_t scale() const override { return 1; }
  std::string_view family() const override { return "marker"; }
  int64_t bytes_a_pixel() const override { return 1; }
};

TEST(TileSpans, CoverTheLengthWithOverlap) {
  for (const int64_t grid : {1, 8}) {
    for (int64_t length = 1; length < 300; ++length) {
      const auto spans = tile_spans(length, grid, {.side = 64, .overlap = 16});
      EXPECT_EQ(spans.front().first, 0);
      EXPECT_EQ(spans.back().last, length);
      for (std::size_t i = 0; i < spans.size(); ++i) {
        EXPECT_EQ(spans[i].first % grid, 0);
        EXPECT_LE(spans[i].length(), 64);
        EXPECT_GT(spans[i].length(), 0);
        if (i > 0) {
          EXPECT_GE(spans[i - 1].last - spans[i].first, 16 - (i + 1 == spans.size() ? 0 : grid - 1));
        }
      }
    }
  }
  EXPECT_EQ(tile_spans(500, 8, {.side = 0}), (std::vector<TileSpan>{{0, 500}}));
}

TEST(TileShares, AreOneInAllEverywhere) {
  for (const int64_t length : {70, 64, 129, 200}) {
    const auto spans = tile_spans(length, 1, {.side = 40, .overlap = 20});
    const auto shares = tile_shares(spans, length, 2);
    std::vector<float> sums(static_cast<std::size_t>(2 * length), 0);
    for (std::size_t i = 0; i < spans.size(); ++i) {
      for (std::size_t at = 0; at < shares[i].size(); ++at)
        sums[static_cast<std::size_t>(2 * spans[i].first) + at] += shares[i][at];
    }
    for (const float sum : sums) EXPECT_NEAR(sum, 1, 1e-6);
  }
}

TEST(EnlargeInTiles, LetsNoPieceShowItsEdge) {
  const io::Image marked = enlarge_in_tiles(EdgeMarker(), picture_of(90, 70), {.side = 32, .overlap = 8}, kNobody);
  for (int y = 1; y < 69; ++y) {
    for (int x = 1; x < 89; ++x)
      EXPECT_EQ(marked.pixels[static_cast<std::size_t>((y * 90 + x) * 3)], 255) << x << ' ' << y;
  }
}

TEST(EnlargeInTiles, GivesOnePictureWhateverTheTiles) {
  const io::Image picture = picture_of(61, 47);
  for (const tests::MadeUpFile& file : {tests::tiny_compact(2), tests::tiny_esrgan()}) {
    const auto network = load_upscaler(file.open(), at::kFloat, at::kCPU);
    const io::Image whole = enlarge_in_tiles(*network, picture, {.side = 0}, kNobody);
    for (const int64_t side : {64, 48, 40}) {  // overlaps hold twice what the networks see around a pixel
      const io::Image tiled = enlarge_in_tiles(*network, picture, {.side = side, .overlap = 20}, kNobody);
      EXPECT_LE(largest_difference(whole, tiled), 1) << side;
    }
  }
}

TEST(EnlargeInTiles, TellsProgressAndCanBeStopped) {
  const auto network = load_upscaler(tests::tiny_compact(2).open(), at::kFloat, at::kCPU);
  std::vector<int64_t> told;
  enlarge_in_tiles(*network, picture_of(40, 20), {.side = 20, .overlap = 0}, [&](int64_t done, int64_t total) {
    EXPECT_EQ(total, 2);
    told.push_back(done);
  });
  EXPECT_EQ(told, (std::vector<int64_t>{0, 1, 2}));
  const auto stop = [](int64_t, int64_t) { fail(ErrorCode::kCancelled, "stopped"); };
  EXPECT_THROW(enlarge_in_tiles(*network, picture_of(40, 20), {}, stop), Error);
}

TEST(EnlargeInTiles, RefusesPicturesOfNoNumbers) {
  tests::MadeUpFile file = tests::tiny_compact(2);
  file.put("body.2.bias", at::full({12}, std::numeric_limits<float>::quiet_NaN()));
  const auto network = load_upscaler(file.open(), at::kFloat, at::kCPU);
  EXPECT_THROW(enlarge_in_tiles(*network, picture_of(8, 8), {}, kNobody), Error);
}

TEST(WithinMemory, HalvesTilesUntilTheyFit) {
  const auto network = load_upscaler(tests::tiny_esrgan().open(), at::kFloat, at::kCPU);
  const TileOptions whole{.side = 0};
  EXPECT_EQ(within_memory(*network, 4000, 3000, whole, std::nullopt).side, 0);
  const std::uint64_t enough = tile_bytes(*network, 4000, 3000, {.side = 192});
  const TileOptions chosen = within_memory(*network, 4000, 3000, whole, enough);
  EXPECT_GT(chosen.side, 0);
  EXPECT_LE(tile_bytes(*network, 4000, 3000, chosen), enough);
  EXPECT_EQ(within_memory(*network, 4000, 3000, whole, 1).side, 32);
}

TEST(EnlargeInTiles, RefusesWhatIsNoRgbPictureAndWhatWouldBeTooLarge) {
  const auto network = load_upscaler(tests::tiny_compact(4).open(), at::kFloat, at::kCPU);
  EXPECT_THROW(enlarge_in_tiles(*network, io::Image{}, {}, kNobody), Error);
  io::Image huge{.width = 4096, .height = 4096, .channels = 3, .pixels = {}};
  huge.pixels.resize(std::size_t{4096} * 4096 * 3);
  EXPECT_THROW(enlarge_in_tiles(*network, huge, {}, kNobody), Error);
}

}  // namespace
}  // namespace fude::models
