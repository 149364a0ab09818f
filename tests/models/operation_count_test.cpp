#include "models/operation_count.h"

#include <gtest/gtest.h>

namespace fude::models {
namespace {

TEST(UNetOperations, AgreeWithWhatHooksCountedInStableDiffusion1) {
  // Hooks on every layer of the published network, 512x512, batch 2: 887.9 of convolutions, 466.6 of linear layers,
  // 252.1 of attention.
  EXPECT_NEAR(unet_operations({}, {.batch = 2}) / 1e9, 1606.5, 1.0);
}

TEST(UNetOperations, GrowWithTheBatch) {
  EXPECT_DOUBLE_EQ(unet_operations({}, {.batch = 6}), 3 * unet_operations({}, {.batch = 2}));
}

TEST(UNetOperations, OfOddSizesLieBetweenThoseOfTheirNeighbours) {
  const auto at = [](int64_t side) { return unet_operations({}, {.batch = 1, .height = side, .width = side}); };
  EXPECT_LT(at(62), at(63));
  EXPECT_LT(at(63), at(64));
}

TEST(UNetOperations, CountEveryTransformerBlock) {
  UNetConfig deeper;
  deeper.middle_transformer_depth = 3;
  EXPECT_GT(unet_operations(deeper, {}), unet_operations({}, {}));
}

TEST(DecoderOperations, AgreeWithWhatHooksCountedInStableDiffusion1) {
  EXPECT_NEAR(decoder_operations({}, {}) / 1e9, 2514.5, 1.0);
}

}  // namespace
}  // namespace fude::models
