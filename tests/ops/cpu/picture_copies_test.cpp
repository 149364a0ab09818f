#include "ops/cpu/picture_copies.h"

#include <gtest/gtest.h>

#include "tests/support/compute_threads.h"

namespace fude::ops::cpu {
namespace {

class PictureCopies : public testing::TestWithParam<at::ScalarType> {
 protected:
  at::Tensor picture(at::IntArrayRef sizes) const {
    return at::randn(sizes).to(GetParam()).contiguous(at::MemoryFormat::ChannelsLast);
  }
};

TEST_P(PictureCopies, ConcatenateChannels) {
  const at::Tensor a = picture({2, 5, 33, 70}), b = picture({2, 32, 33, 70});
  const at::Tensor joined = concat_channels(a, b);
  EXPECT_TRUE(joined.equal(at::cat({a, b}, 1)));
  EXPECT_TRUE(joined.is_contiguous(at::MemoryFormat::ChannelsLast));
}

TEST_P(PictureCopies, ResizeAsTheReferenceDoes) {
  for (const auto& [height, width] : {std::pair{14, 22}, {7, 11}, {3, 5}, {15, 23}, {1, 100}}) {
    const at::Tensor x = picture({2, 9, 7, 11});
    const at::Tensor y = resize_nearest(x, height, width);
    EXPECT_TRUE(y.to(at::kFloat).equal(at::upsample_nearest2d(x.to(at::kFloat), {height, width})));
    EXPECT_TRUE(y.is_contiguous(at::MemoryFormat::ChannelsLast));
  }
}

TEST_P(PictureCopies, PadWithZerosAtTheEnd) {
  const at::Tensor x = picture({2, 9, 7, 11});
  EXPECT_TRUE(pad_end(x, 1, 1).equal(at::constant_pad_nd(x, {0, 1, 0, 1})));
  EXPECT_TRUE(pad_end(x, 2, 0).equal(at::constant_pad_nd(x, {0, 0, 0, 2})));
}

TEST_P(PictureCopies, DoNotDependOnTheThreads) {
  const at::Tensor x = picture({1, 64, 90, 90});
  const tests::ComputeThreads guard(3);
  EXPECT_TRUE(concat_channels(x, x).equal(at::cat({x, x}, 1)));
}

INSTANTIATE_TEST_SUITE_P(Types, PictureCopies, testing::Values(at::kFloat, at::kBFloat16));

TEST(PictureCopiesInput, LeavesOtherMemoryAndTrainingToTheReference) {
  const at::Tensor x = at::zeros({1, 4, 5, 6}).contiguous(at::MemoryFormat::ChannelsLast);
  EXPECT_TRUE(can_copy_pictures({x}));
  EXPECT_FALSE(can_copy_pictures({x, at::zeros({1, 4, 5, 6})}));
  EXPECT_FALSE(can_copy_pictures({x.clone().requires_grad_()}));
  EXPECT_FALSE(can_copy_pictures({x.narrow(3, 1, 3)}));
}

}  // namespace
}  // namespace fude::ops::cpu
