#include "ops/library_attention.h"

#include <gtest/gtest.h>

#include "tests/support/golden.h"

namespace fude::ops {
namespace {

TEST(LibraryAttention, AgreesWithOurs) {
  for (const int64_t heads : {1, 8}) {
    for (const bool is_causal : {false, true}) {
      const at::Tensor q = at::randn({2, 9, 64});
      const at::Tensor k = at::randn({2, is_causal ? 9 : 77, 64}), v = at::randn(k.sizes());
      const AttentionOptions options{.heads = heads, .is_causal = is_causal};
      const std::optional<at::Tensor> out = library_attention(q, k, v, options);
      if (!out) GTEST_SKIP() << "this libtorch has none";
      EXPECT_TRUE(tests::close_to(*out, attention(q, k, v, options), 1e-5)) << heads << is_causal;
    }
  }
}

TEST(LibraryAttention, LeavesTheWidestHeadsToUs) {
  const at::Tensor x = at::randn({1, 4, 512});
  EXPECT_FALSE(library_attention(x, x, x, {.heads = 1}).has_value());
}

}  // namespace
}  // namespace fude::ops
