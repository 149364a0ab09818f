#include "models/file_summary.h"

#include <gmock/gmock.h>

#include "io/safetensors_writer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::models {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

FileSummary summary_of(const std::map<std::string, at::Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata = {}) {
  const tests::TemporaryFolder folder;
  io::write_safetensors(folder / "a.safetensors", tensors, metadata);
  return summarize(io::TensorFile::open(folder / "a.safetensors"));
}

TEST(FileSummary, TellsAllAboutACheckpoint) {
  const FileSummary summary = summarize(io::TensorFile::open(tests::tiny_model("tiny-sd1")));
  EXPECT_TRUE(summary.detection.is_supported);
  EXPECT_EQ(summary.tensor_count, 1003);
  EXPECT_EQ(summary.parameter_count, 21145016);
  EXPECT_EQ(summary.type_counts.at("I64"), 77);
  ASSERT_TRUE(summary.unet && summary.autoencoder);
  ASSERT_EQ(summary.text_encoders.size(), 1u);
  EXPECT_EQ(summary.unet->model_channels, 32);
  EXPECT_EQ(summary.autoencoder->channels, 32);
  EXPECT_EQ(summary.text_encoders[0].network.width, 128);
  EXPECT_EQ(summary.prediction_type, "epsilon");
  EXPECT_THAT(summary.problem, IsEmpty());
  ASSERT_EQ(summary.parts.size(), 3u);
  EXPECT_EQ(summary.parts[0].name, "model.diffusion_model");
}

TEST(FileSummary, TellsAnInpaintingModelByItsChannels) {
  const FileSummary summary = summarize(io::TensorFile::open(tests::tiny_model("tiny-sd1-inpaint")));
  EXPECT_EQ(summary.unet->in_channels, 9);
  EXPECT_THAT(summary.problem, IsEmpty());
}

TEST(FileSummary, TellsAllAboutSdxl) {
  const FileSummary summary = summarize(io::TensorFile::open(tests::tiny_model("tiny-sdxl")));
  EXPECT_EQ(summary.detection.family, "SDXL checkpoint");
  EXPECT_EQ(summary.autoencoder->scale_factor, 0.13025);
  ASSERT_EQ(summary.text_encoders.size(), 2u);
  EXPECT_TRUE(summary.text_encoders[0].network.has_quick_gelu);
  EXPECT_FALSE(summary.text_encoders[1].network.has_quick_gelu);
  EXPECT_EQ(summary.prediction_type, "epsilon");
  EXPECT_THAT(summary.problem, IsEmpty());
}

TEST(FileSummary, LeavesOpenWhatStableDiffusion2Predicts) {
  const FileSummary summary = summarize(io::TensorFile::open(tests::tiny_model("tiny-sd2v")));
  EXPECT_EQ(summary.detection.family, "Stable Diffusion 2.x checkpoint");
  EXPECT_THAT(summary.prediction_type, IsEmpty());
  EXPECT_THAT(summary.problem, IsEmpty());
}

TEST(FileSummary, TakesPredictionTypeAndLicenceFromTheMetadata) {
  const FileSummary summary =
      summary_of({{"w", at::zeros({2})}}, {{"modelspec.prediction_type", "v"}, {"modelspec.license", "CC0-1.0"}});
  EXPECT_EQ(summary.prediction_type, "v");
  EXPECT_EQ(summary.licence, "CC0-1.0");
}

TEST(FileSummary, RecognisesALoraAndItsRanks) {
  const FileSummary summary = summary_of({{"lora_unet_a.lora_down.weight", at::zeros({4, 8})},
                                          {"lora_unet_a.lora_up.weight", at::zeros({8, 4})},
                                          {"lora_te_b.lora_down.weight", at::zeros({16, 8})},
                                          {"lora_te_b.lora_up.weight", at::zeros({8, 16})}});
  EXPECT_EQ(summary.detection.kind, FileKind::kAdapter);
  ASSERT_TRUE(summary.lora);
  EXPECT_EQ(summary.lora->module_count, 2);
  EXPECT_EQ(summary.lora->lowest_rank, 4);
  EXPECT_EQ(summary.lora->highest_rank, 16);
  EXPECT_EQ(summary.lora->families.at("LoRA"), 2);
  EXPECT_EQ(summary.parts.size(), 2u);
}

TEST(FileSummary, TellsWhatOtherAdaptersAreFor) {
  const FileSummary word = summary_of({{"emb_params", at::zeros({3, 8})}});
  ASSERT_TRUE(word.embedding);
  EXPECT_EQ(word.embedding->vector_count, 3);
  EXPECT_EQ(word.embedding->widths, std::vector<int64_t>{8});
  EXPECT_TRUE(is_usable(word));
  const FileSummary network =
      summary_of({{"6.0.linear.0.weight", at::zeros({6, 6})}, {"6.0.linear.0.bias", at::zeros({6})}});
  ASSERT_TRUE(network.hypernetwork);
  EXPECT_EQ(network.hypernetwork->widths, std::vector<int64_t>{6});
  EXPECT_EQ(network.hypernetwork->layer_count, 1u);
  const FileSummary broken = summary_of({{"6.0.linear.0.weight", at::zeros({6, 6})}});
  EXPECT_EQ(broken.detection.family, kHypernetworkFamily);
  EXPECT_FALSE(is_usable(broken));
  EXPECT_NE(broken.problem, "");
}

TEST(FileSummary, RecognisesAnAutoencoderAlone) {
  const std::filesystem::path path = std::filesystem::path(FUDE_GOLDEN_DIR) / "models/micro-vae.ckpt";
  const FileSummary summary = summarize(io::TensorFile::open(path));
  EXPECT_EQ(summary.detection.kind, FileKind::kAutoencoder);
  ASSERT_TRUE(summary.autoencoder);
  EXPECT_EQ(summary.autoencoder->channels, 32);
}

TEST(FileSummary, CountsWhatItDoesNotKnow) {
  const FileSummary summary = summary_of({{"a.b", at::zeros({3})}, {"a.c", at::zeros({2}, at::kHalf)}});
  EXPECT_EQ(summary.detection.kind, FileKind::kUnknown);
  EXPECT_EQ(summary.type_counts.at("F16"), 2);
  ASSERT_EQ(summary.parts.size(), 1u);
  EXPECT_EQ(summary.parts[0].parameter_count, 5);
}

}  // namespace
}  // namespace fude::models
