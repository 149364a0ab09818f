#include "ops/tensor_memory.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <thread>

namespace fude::ops {
namespace {

constexpr std::int64_t kLarge = std::int64_t{4} << 20;  // floats

TEST(TensorMemory, OfAFreedTensorServesTheNext) {
  reuse_tensor_memory();
  reuse_tensor_memory();
#if !defined(__SANITIZE_ADDRESS__)
  const void* before = at::full({kLarge}, 3.0F).data_ptr();
  EXPECT_EQ(at::empty({kLarge}).data_ptr(), before);
#endif
}

TEST(TensorMemory, MayBeFreedByAnotherThreadAndGrow) {
  reuse_tensor_memory();
  at::Tensor kept = at::full({kLarge}, 3.0F), other = at::full({kLarge}, 4.0F);
  std::thread([moved = std::move(other)]() mutable { moved.reset(); }).join();
  kept.resize_({2 * kLarge});
  EXPECT_EQ(kept[kLarge - 1].item<float>(), 3.0F);
  EXPECT_EQ(at::zeros({0}).numel(), 0);
  EXPECT_EQ(at::ones({3}).sum().item<float>(), 3.0F);
}

TEST(TensorMemory, ServesConvolutionsThatFreeByTheAllocatorsDeleter) {
  reuse_tensor_memory();
  const at::Tensor x = at::ones({1, 64, 128, 128}), weight = at::ones({64, 64, 3, 3});
  EXPECT_EQ(at::conv2d(x, weight).max().item<float>(), 64.0F * 9);
}

}  // namespace
}  // namespace fude::ops
