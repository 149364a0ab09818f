#include "ops/elementwise.h"

#include <gtest/gtest.h>

namespace fude::ops {
namespace {

at::Tensor numbers(at::ScalarType type, at::MemoryFormat format) {
  return (at::arange(2 * 70 * 33 * 31) % 201 - 100).view({2, 70, 33, 31}).to(type).contiguous(format);
}

TEST(Elementwise, IsTheSameSharedOutAndNot) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const at::Tensor plain = numbers(type, at::MemoryFormat::Contiguous);
    const at::Tensor shared = numbers(type, at::MemoryFormat::ChannelsLast);
    const at::Tensor slopes = at::arange(70) / 64.0;
    EXPECT_TRUE(at::equal(ops::leaky_relu(shared, 0.25), ops::leaky_relu(plain, 0.25)));
    EXPECT_TRUE(at::equal(ops::prelu(shared, slopes), ops::prelu(plain, slopes)));
    EXPECT_TRUE(at::allclose(ops::add_scaled(shared, shared * 2, 0.5), plain * 2));
  }
}

TEST(Elementwise, ScalesWhatIsBelowZero) {
  const at::Tensor x = at::tensor({-2.0F, 3.0F}).view({1, 2, 1, 1});
  EXPECT_TRUE(at::equal(ops::leaky_relu(x, 0.5).flatten(), at::tensor({-1.0F, 3.0F})));
  EXPECT_TRUE(at::equal(ops::prelu(x, at::tensor({0.25F, 9.0F})).flatten(), at::tensor({-0.5F, 3.0F})));
}

}  // namespace
}  // namespace fude::ops
