#include "models/upscalers/compact.h"

#include <gtest/gtest.h>

#include "models/upscalers/load_upscaler.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/upscaler_layers.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using tests::MadeUpFile;

MadeUpFile compact_file(int64_t scale) {
  MadeUpFile file;
  file.add_conv("body.0", 3, 8).add("body.1.weight", {8}, 0.5);
  file.add_conv("body.2", 8, 8).add("body.3.weight", {8}, 0.5);
  return file.add_conv("body.4", 8, 3 * scale * scale);
}

TEST(Compact, AddsDetailToRepeatedPixels) {
  const at::Tensor picture = tests::made_up_picture(5, 6);
  for (const int64_t scale : {1, 2, 3, 4}) {
    const MadeUpFile file = compact_file(scale);
    at::Tensor h = picture;
    for (const int64_t layer : {0, 2}) {
      h = conv(file, fmt::format("body.{}", layer), h);
      h = at::where(h > 0, h, h * file[fmt::format("body.{}.weight", layer + 1)].view({1, -1, 1, 1}));
    }
    const at::Tensor expected = tests::shuffled(conv(file, "body.4", h), scale) +
                                picture.repeat_interleave(scale, 2).repeat_interleave(scale, 3);
    const auto network = load_upscaler(file.open(), at::kFloat, at::kCPU);
    EXPECT_EQ(network->scale(), scale);
    EXPECT_TRUE(tests::close_to(network->enlarge(picture), expected, 1e-5)) << scale;
  }
}

TEST(Compact, RefusesShapesThatMakeNoPicture) {
  MadeUpFile odd = compact_file(2);
  odd.add_conv("body.4", 8, 13);
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel, [&] { infer_compact_config(weights::index_of(odd.open())); })
                .find("13 out"),
            std::string::npos);
  MadeUpFile even;
  even.add_conv("body.0", 3, 8).add("body.1.weight", {8});
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel, [&] { infer_compact_config(weights::index_of(even.open())); })
                .find("2 layers"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::models
