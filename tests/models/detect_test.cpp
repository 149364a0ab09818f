#include "models/detect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "io/tensor_file.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using ::testing::HasSubstr;

weights::TensorIndex checkpoint_index() {
  return weights::index_of(io::TensorFile::open(tests::tiny_model("micro-sd1")));
}

std::string refusal(const weights::TensorIndex& index) {
  try {
    require_checkpoint(index, "some.safetensors");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupportedModel);
    return error.what();
  }
  return "accepted";
}

TEST(Detect, KnowsAStableDiffusion1Checkpoint) {
  const Detection found = detect(checkpoint_index());
  EXPECT_EQ(found.kind, FileKind::kCheckpoint);
  EXPECT_EQ(found.family, "Stable Diffusion 1.x checkpoint");
  EXPECT_TRUE(found.is_supported);
  EXPECT_EQ(refusal(checkpoint_index()), "accepted");
}

TEST(Detect, SaysThatALoraIsALora) {
  const weights::TensorIndex index = {{"lora_unet_mid_block_attentions_0_proj_in.lora_up.weight", {8, 4}}};
  EXPECT_THAT(refusal(index), HasSubstr("'some.safetensors' is a LoRA, expected"));
}

TEST(Detect, SaysThatAnAutoencoderIsAnAutoencoder) {
  const auto index = weights::sub_index(checkpoint_index(), "first_stage_model.");
  EXPECT_THAT(refusal(index), HasSubstr("'some.safetensors' is an autoencoder (VAE), expected"));
}

TEST(Detect, NamesTheKeysThatANearMissLacks) {
  auto index = checkpoint_index();
  index.erase("model.diffusion_model.out.2.weight");
  EXPECT_THAT(refusal(index), HasSubstr("nearly a Stable Diffusion 1.x checkpoint, but lacks "
                                        "'model.diffusion_model.out.2.weight'"));
}

TEST(Detect, CountsTheTensorsOfAStranger) {
  EXPECT_THAT(refusal({{"weight", {3}}, {"bias", {3}}}), HasSubstr("2 tensors of no known model"));
}

}  // namespace
}  // namespace fude::models
