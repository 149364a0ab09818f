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

TEST(Detect, KnowsAdaptersOfRarerNamings) {
  EXPECT_EQ(detect({{"base_model.model.mid_block.attentions.0.proj_in.lora_A.weight", {2, 4}},
                    {"base_model.model.mid_block.attentions.0.proj_in.lora_B.weight", {4, 2}}})
                .kind,
            FileKind::kAdapter);
  EXPECT_EQ(detect({{"768.0.linear.0.weight", {4, 4}}}).family, "hypernetwork");
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

TEST(Detect, TellsTheFamiliesApart) {
  const auto family = [](const std::string& model) {
    return detect(weights::index_of(io::TensorFile::open(tests::tiny_model(model)))).family;
  };
  EXPECT_EQ(family("tiny-sd2v"), "Stable Diffusion 2.x checkpoint");
  EXPECT_EQ(family("tiny-sdxl"), "SDXL checkpoint");
  EXPECT_EQ(family("tiny-sd1-inpaint"), "Stable Diffusion 1.x inpainting checkpoint");
}

TEST(Detect, TellsFormsByTheirShapes) {
  auto index = checkpoint_index();
  std::vector<int64_t>& first = index.at("model.diffusion_model.input_blocks.0.0.weight");
  first[1] = 8;
  EXPECT_EQ(detect(index).family, "Stable Diffusion 1.x instruct-pix2pix checkpoint");
  first[1] = 4;
  index["model.diffusion_model.input_blocks.1.1.proj_in.weight"] = {32, 32};
  EXPECT_EQ(detect(index).family, "Stable Diffusion 2.x checkpoint") << "under Hugging Face's names";
  first = {4};
  EXPECT_EQ(detect(index).family, "Stable Diffusion 2.x checkpoint") << "a shape that cannot be";
}

TEST(Detect, NamesModelsThatItKnowsButCannotRun) {
  EXPECT_THAT(refusal({{"model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight", {4, 4}}}),
              HasSubstr("is a Stable Diffusion 3 model, expected a Stable Diffusion checkpoint"));
  EXPECT_THAT(refusal({{"double_blocks.0.img_attn.qkv.weight", {4}}, {"single_blocks.0.linear1.weight", {4}}}),
              HasSubstr("is a Flux model"));
}

TEST(Detect, MissesTheKeysOfTheFamilyThatLacksTheFewest) {
  auto index = weights::index_of(io::TensorFile::open(tests::tiny_model("tiny-sdxl")));
  index.erase("first_stage_model.decoder.conv_in.weight");
  EXPECT_THAT(refusal(index), HasSubstr("nearly an SDXL checkpoint, but lacks "
                                        "'first_stage_model.decoder.conv_in.weight'"));
}

TEST(Detect, CountsTheTensorsOfAStranger) {
  EXPECT_THAT(refusal({{"weight", {3}}, {"bias", {3}}}), HasSubstr("2 tensors of no known model"));
}

}  // namespace
}  // namespace fude::models
