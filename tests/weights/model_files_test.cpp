#include "weights/model_files.h"

#include <gmock/gmock.h>

#include <fstream>

#include "io/safetensors_writer.h"
#include "tests/support/diffusers_writer.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::weights {
namespace {

using ::testing::HasSubstr;
using tests::refusal;
namespace fs = std::filesystem;

/// Empty when both have the same names with the same shapes and numbers.
std::string difference(const io::TensorFile& actual, const io::TensorFile& expected) {
  for (const auto& [name, record] : expected.tensors()) {
    if (!actual.tensors().contains(name)) return "missing: " + name;
    if (!actual.tensor(name).equal(expected.tensor(name))) return "different: " + name;
  }
  for (const auto& [name, record] : actual.tensors()) {
    if (!expected.tensors().contains(name)) return "too much: " + name;
  }
  return {};
}

TEST(OpenModel, ReadsADiffusersFolderAsTheCheckpointItWasMadeFrom) {
  const fs::path checkpoint = tests::tiny_model("micro-sd1");
  const io::TensorFile expected = io::TensorFile::open(checkpoint);
  for (const char* ending : {".safetensors", ".fp16.safetensors"}) {
    const tests::TemporaryFolder folder;
    tests::write_diffusers_folder(checkpoint, folder.path(), ending);
    const io::TensorFile model = open_model(folder.path());
    EXPECT_EQ(difference(model, expected), "") << ending;
    EXPECT_EQ(io::format_name(model.format()), "diffusers folder");
    EXPECT_GT(model.byte_count(), model.bytes().size());
  }
}

TEST(OpenModel, TellsFromTheSettingsWhatShapesCannot) {
  const tests::TemporaryFolder folder;
  tests::write_diffusers_folder(tests::tiny_model("micro-sd1"), folder.path());
  fs::create_directories(folder / "scheduler");
  std::ofstream(folder / "scheduler" / "scheduler_config.json")
      << R"({"prediction_type": "v_prediction", "rescale_betas_zero_snr": true})";
  std::ofstream(folder / "unet" / "config.json") << R"({"sample_size": 96})";
  const auto metadata = open_model(folder.path()).metadata();
  EXPECT_EQ(metadata.at("modelspec.prediction_type"), "v");
  EXPECT_EQ(metadata.at("modelspec.resolution"), "768x768");
  EXPECT_EQ(metadata.at("ss_zero_terminal_snr"), "True");
}

TEST(OpenModel, PutsShardsTogether) {
  const tests::TemporaryFolder folder;
  const fs::path checkpoint = tests::tiny_model("micro-sd1");
  tests::write_diffusers_folder(checkpoint, folder.path());
  const fs::path unet = folder / "unet", whole = unet / "diffusion_pytorch_model.safetensors";
  const io::TensorFile file = io::TensorFile::open(whole);
  std::map<std::string, at::Tensor> shards[2];
  std::string map;
  for (const auto& [name, record] : file.tensors()) {
    const std::size_t shard = name < "mid" ? 0 : 1;
    shards[shard].emplace(name, file.tensor(name));
    map += fmt::format(R"({}"{}": "s{}.safetensors")", map.empty() ? "" : ", ", name, shard);
  }
  io::write_safetensors(unet / "s0.safetensors", shards[0]);
  io::write_safetensors(unet / "s1.safetensors", shards[1]);
  fs::remove(whole);
  const fs::path index = unet / "diffusion_pytorch_model.safetensors.index.json";
  std::ofstream(index) << R"({"metadata": {}, "weight_map": {)" << map << "}}";
  EXPECT_EQ(difference(open_model(folder.path()), io::TensorFile::open(checkpoint)), "");

  const auto message = [&](const std::string& json) {
    std::ofstream(index) << json;
    return refusal(ErrorCode::kCorruptFile, [&] { open_model(folder.path()); });
  };
  EXPECT_THAT(message(R"({"weight_map": {"a": "../s0.safetensors"}})"), HasSubstr("expected a name within its folder"));
  EXPECT_THAT(message(R"({"weight_map": {"a": "s0.safetensors"}})"), HasSubstr("tensor 'a', which it lacks"));
  EXPECT_THAT(message(R"({"weight_map": {"a": 1}})"), HasSubstr("no file name"));
  EXPECT_THAT(message(R"({"weight_map": {}})"), HasSubstr("lacks a 'weight_map'"));
  EXPECT_THAT(message("[1"), HasSubstr("not a JSON object"));
}

TEST(OpenModel, ReadsOneNetworksFolderAndFile) {
  const tests::TemporaryFolder folder;
  tests::write_diffusers_folder(tests::tiny_model("micro-sd1"), folder.path());
  const std::string mark = "first_stage_model.decoder.mid.attn_1.q.weight";
  EXPECT_EQ(open_model(folder / "vae").tensors().at(mark).shape.size(), 4u);
  EXPECT_TRUE(open_model(folder / "vae" / "diffusion_pytorch_model.safetensors").tensors().contains(mark));
  EXPECT_TRUE(open_model(folder / "unet").tensors().contains("model.diffusion_model.out.2.weight"));
}

void write_names(const fs::path& file, const std::vector<std::string>& names) {
  std::map<std::string, at::Tensor> tensors;
  for (const std::string& name : names) tensors.emplace(name, at::zeros({1}));
  fs::create_directories(file.parent_path());
  io::write_safetensors(file, tensors);
}

TEST(OpenModel, PutsTheEncodersOfSdxlAndItsRefinerInTheirPlaces) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "model_index.json") << "{}";
  write_names(folder / "text_encoder_2" / "model.safetensors",
              {"text_model.embeddings.token_embedding.weight", "text_projection.weight"});
  write_names(folder / "vae" / "diffusion_pytorch_model.safetensors", {"quant_conv.bias"});
  const auto refiner = open_model(folder.path()).tensors();
  EXPECT_TRUE(refiner.contains("conditioner.embedders.0.model.embeddings.token_embedding.weight"));
  EXPECT_TRUE(refiner.contains("conditioner.embedders.0.model.text_projection.weight"));
  write_names(folder / "text_encoder" / "model.safetensors", {"text_model.final_layer_norm.bias"});
  const auto base = open_model(folder.path()).tensors();
  EXPECT_TRUE(base.contains("conditioner.embedders.0.transformer.text_model.final_layer_norm.bias"));
  EXPECT_TRUE(base.contains("conditioner.embedders.1.model.embeddings.token_embedding.weight"));
  EXPECT_TRUE(base.contains("first_stage_model.quant_conv.bias"));
}

TEST(OpenModel, RefusesFoldersThatAreNoModels) {
  const tests::TemporaryFolder folder;
  EXPECT_THAT(refusal(ErrorCode::kNotFound, [&] { open_model(folder.path()); }), HasSubstr("without 'model_index"));
  std::ofstream(folder / "model_index.json") << "{}";
  EXPECT_THAT(refusal(ErrorCode::kNotFound, [&] { open_model(folder.path()); }), HasSubstr("holds no weights"));
}

io::TensorFile with_names(const tests::TemporaryFolder& folder, const std::vector<std::string>& names) {
  write_names(folder / "a.safetensors", names);
  return open_model(folder / "a.safetensors");
}

TEST(WithOriginalNames, PutsThePrefixBeforeABareUNet) {
  const tests::TemporaryFolder folder;
  const io::TensorFile file = with_names(folder, {"input_blocks.0.0.weight", "out.2.weight", "time_embed.0.bias"});
  EXPECT_TRUE(file.tensors().contains("model.diffusion_model.time_embed.0.bias"));
}

TEST(WithOriginalNames, FindsTheEncodersOfStableDiffusionCpp) {
  const tests::TemporaryFolder folder;
  const std::string first = "cond_stage_model.transformer.text_model.",
                    second = "cond_stage_model.1.transformer.text_model.";
  const io::TensorFile file = with_names(folder, {first + "final_layer_norm.bias", second + "final_layer_norm.bias"});
  EXPECT_TRUE(file.tensors().contains("conditioner.embedders.0.transformer.text_model.final_layer_norm.bias"));
  EXPECT_TRUE(file.tensors().contains("conditioner.embedders.1.model.final_layer_norm.bias"));
}

TEST(WithOriginalNames, LeavesAdaptersAndCheckpointsAlone) {
  const tests::TemporaryFolder folder;
  const io::TensorFile file =
      with_names(folder, {"conv_in.weight", "time_embedding.linear_1.weight", "down_blocks.0.x"});
  EXPECT_TRUE(file.tensors().contains("conv_in.weight")) << "a ControlNet has no way up";
}

TEST(WithOriginalNames, RefusesTwoTensorsOfOneMeaning) {
  const tests::TemporaryFolder folder;
  const std::string attention = "decoder.mid_block.attentions.0.";
  EXPECT_THAT(refusal(ErrorCode::kCorruptFile,
                      [&] {
                        with_names(folder, {attention + "to_q.weight", attention + "query.weight",
                                            "decoder.up_blocks.0.resnets.0.norm1.bias",
                                            "decoder.mid_block.resnets.0.norm1.bias"});
                      }),
              HasSubstr("another stands for, too"));
}

}  // namespace
}  // namespace fude::weights
