#include "models/upscalers/load_upscaler.h"

#include <gtest/gtest.h>

#include "models/file_summary.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"
#include "tests/support/upscaler_layers.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

tests::MadeUpFile compact_file() {
  tests::MadeUpFile file;
  return file.add_conv("body.0", 3, 16).add("body.1.weight", {16}, 0.5).add_conv("body.2", 16, 12);
}

TEST(LoadUpscaler, RefusesOtherModelsByWhatTheyAre) {
  const io::TensorFile file = io::TensorFile::open(tests::tiny_model("micro-sd1"));
  EXPECT_FALSE(is_upscaler(weights::index_of(file)));
  const std::string message =
      tests::refusal(ErrorCode::kUnsupportedModel, [&] { load_upscaler(file, at::kFloat, at::kCPU); });
  EXPECT_NE(message.find("checkpoint"), std::string::npos) << message;
}

TEST(LoadUpscaler, TellsFamilyAndScaleWithoutWeights) {
  const UpscalerSummary summary = summarise_upscaler(weights::index_of(compact_file().open()));
  EXPECT_EQ(summary.family, "Real-ESRGAN compact");
  EXPECT_EQ(summary.scale, 2);
}

TEST(LoadUpscaler, IsTellingWhenItsFileIsInspected) {
  const FileSummary summary = summarize(compact_file().open());
  EXPECT_EQ(summary.detection.kind, FileKind::kUpscaler);
  EXPECT_EQ(family_with_article(summary.detection), "a Real-ESRGAN compact upscaler");
  EXPECT_TRUE(is_usable(summary));
  ASSERT_TRUE(summary.upscaler);
  EXPECT_EQ(summary.upscaler->scale, 2);

  tests::MadeUpFile broken = compact_file();
  broken.put("body.0.weight", at::zeros({0, 3, 3, 3})).put("body.0.bias", at::zeros({0}));
  const FileSummary unusable = summarize(broken.open());
  EXPECT_FALSE(is_usable(unusable));
  EXPECT_NE(unusable.problem, "");
}

TEST(LoadUpscaler, RefusesEmptyTensors) {
  tests::MadeUpFile file = compact_file();
  file.put("body.0.weight", at::zeros({0, 3, 3, 3})).put("body.0.bias", at::zeros({0}));
  tests::refusal(ErrorCode::kCorruptFile, [&] { load_upscaler(file.open(), at::kFloat, at::kCPU); });
  tests::refusal(ErrorCode::kCorruptFile, [&] { summarise_upscaler(weights::index_of(file.open())); });
}

TEST(LoadUpscaler, ComputesInBfloat16CloseToFloat) {
  const at::Tensor picture = tests::made_up_picture(16, 16);
  const io::TensorFile file = compact_file().open();
  const at::Tensor exact = load_upscaler(file, at::kFloat, at::kCPU)->enlarge(picture);
  const at::Tensor rounded = load_upscaler(file, at::kBFloat16, at::kCPU)->enlarge(picture);
  EXPECT_EQ(rounded.scalar_type(), at::kFloat);
  EXPECT_LT(tests::max_difference(rounded, exact), 0.03);
}

}  // namespace
}  // namespace fude::models
