#include "nn/normed_conv.h"

#include <gtest/gtest.h>

#include "tests/support/golden.h"
#include "tests/support/upscaler_layers.h"
#include "weights/state_dict.h"

namespace fude::nn {
namespace {

TEST(NormedConv, ComputesBothLayersAtOnce) {
  tests::MadeUpFile file;
  file.add("conv.weight", {5, 3, 3, 3}).add_batch_norm("norm", 5);
  weights::StateDict weights(file.open(), at::kFloat);
  const Conv2d conv =
      normed_conv(weights.root() / "conv", weights.root() / "norm", 3, 5, {.kernel = 3, .stride = 2, .padding = 1});
  const at::Tensor x = tests::made_up_picture(7, 6);
  const at::Tensor expected = tests::batch_norm(file, "norm", at::conv2d(x, file["conv.weight"], {}, 2, 1));
  EXPECT_TRUE(tests::close_to(conv.forward(x), expected, 1e-5));
}

}  // namespace
}  // namespace fude::nn
