#include "io/images/image.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>

#include "core/error.h"
#include "io/tensor_file.h"

namespace fude::io {
namespace {

TEST(ToByte, CutsLikeTheReference) {
  const TensorFile golden = TensorFile::open(FUDE_GOLDEN_DIR "/images/to_u8.safetensors");
  const at::Tensor decoded = golden.tensor("decoded").contiguous();
  const at::Tensor expected = golden.tensor("u8").contiguous();
  ASSERT_GT(decoded.numel(), 1000);
  for (int64_t i = 0; i < decoded.numel(); ++i) {
    EXPECT_EQ(to_byte(decoded.data_ptr<float>()[i]), expected.data_ptr<std::uint8_t>()[i]) << i;
  }
}

TEST(ToByte, HasNoUndefinedValues) {
  EXPECT_EQ(to_byte(std::numeric_limits<float>::quiet_NaN()), 0);
  EXPECT_EQ(to_byte(-std::numeric_limits<float>::infinity()), 0);
  EXPECT_EQ(to_byte(std::numeric_limits<float>::infinity()), 255);
}

TEST(ImageFromPlanes, InterleavesChannels) {
  const std::vector<float> planes{-1, 1, /*second plane*/ 1, -1, /*third*/ 0, 0};
  const Image image = image_from_planes(planes, /*channels=*/3, /*height=*/1, /*width=*/2);
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{0, 255, 127, 255, 0, 127}));
  EXPECT_EQ(planes_from_image(image)[1], 1.0F);
  EXPECT_EQ(planes_from_image(image)[2], 1.0F);
}

TEST(ImageFromPlanes, RefusesSizesThatDisagree) {
  const std::vector<float> planes(6);
  EXPECT_THROW(image_from_planes(planes, 3, 1, 3), Error);
  EXPECT_THROW(image_from_planes(planes, 2, 1, 3), Error);
  EXPECT_THROW(image_from_planes(planes, 3, 0, 2), Error);
}

}  // namespace
}  // namespace fude::io
