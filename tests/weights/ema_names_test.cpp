#include "weights/ema_names.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "io/tensor_file.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::weights {
namespace {

constexpr std::string_view kUNet = "model.diffusion_model.";

// As the training code names the average of a weight.
std::string average_of(const std::string& name) {
  std::string flat = name.substr(std::string_view("model.").size());
  std::erase(flat, '.');
  return "model_ema." + flat;
}

TEST(AveragedName, FindsEveryNameOfEveryUNetAgain) {
  for (const char* model : {"tiny-sd1", "tiny-sd2v", "tiny-sdxl"}) {
    int seen = 0;
    for (const auto& [name, shape] : index_of(io::TensorFile::open(tests::tiny_model(model)))) {
      if (!name.starts_with(kUNet)) continue;
      EXPECT_EQ(averaged_name(average_of(name)), name);
      ++seen;
    }
    EXPECT_GT(seen, 300) << model;
  }
}

TEST(AveragedName, ReadsNumbersOfTwoDigits) {
  EXPECT_EQ(averaged_name("model_ema.diffusion_modelinput_blocks100in_layers2weight"),
            "model.diffusion_model.input_blocks.10.0.in_layers.2.weight");
  EXPECT_EQ(averaged_name("model_ema.diffusion_modelmiddle_block1transformer_blocks10attn1to_out0bias"),
            "model.diffusion_model.middle_block.1.transformer_blocks.10.attn1.to_out.0.bias");
}

TEST(AveragedName, KnowsNothingElse) {
  for (const char* name : {"model_ema.decay", "model_ema.num_updates", "model_ema.diffusion_modelinput_blocks1weight",
                           "model_ema.diffusion_modelnorm12weight", "model_ema.diffusion_modelwhatever", "lora"}) {
    EXPECT_EQ(averaged_name(name), std::nullopt) << name;
  }
}

TEST(HasOnlyAveragedUNet, PrefersTheWeightsThemselves) {
  EXPECT_TRUE(has_only_averaged_unet({{"model_ema.diffusion_modelout2bias", {4}}}));
  EXPECT_FALSE(
      has_only_averaged_unet({{"model_ema.diffusion_modelout2bias", {4}}, {"model.diffusion_model.out.2.bias", {4}}}));
}

}  // namespace
}  // namespace fude::weights
