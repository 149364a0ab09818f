#include "training/train.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <fstream>

#include "io/images/png_file.h"
#include "io/tensor_file.h"
#include "models/stable_diffusion.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "training/named_tensors.h"
#include "training/stage.h"

namespace fude::training {
namespace {

namespace fs = std::filesystem;
using tests::refusal;

// The smallest networks that the rules allow, on a handful of pictures.
constexpr const char* kTiny = R"(
workers = 2
[data]
source = "SOURCE"
size = 64
junk_rows = 4
[autoencoder]
channels = 64
channel_mult = [1, 1, 1, 1]
res_blocks = 1
[text]
width = 64
layers = 1
[unet]
model_channels = 64
channel_mult = [1, 1]
transformer_depth = [0, 1]
res_blocks = 1
[train.autoencoder]
steps = 2
crop = 64
log_steps = 1
[train.denoiser]
steps = 4
batch = 4
shards = 2
log_steps = 1
[train.denoiser.samples]
prompts = ["1girl, smile", "1boy"]
steps = 2
[train.decoder]
steps = 2
[export]
title = "Tiny"
license = "CC0-1.0"
)";

class TrainTest : public testing::Test {
 protected:
  TrainTest() {
    for (int i = 0; i < 6; ++i) {
      io::Image image{.width = 64, .height = 64, .channels = 3, .pixels = std::vector<std::uint8_t>(64 * 64 * 3)};
      for (std::size_t k = 0; k < image.pixels.size(); ++k) image.pixels[k] = static_cast<std::uint8_t>(k * (i + 3));
      const std::string name = "picture" + std::to_string(i);
      io::write_png(pictures_ / (name + ".png"), image);
      std::ofstream(pictures_ / (name + ".txt")) << "1girl, smile, blue hair";
    }
    std::string toml = kTiny;
    toml.replace(toml.find("SOURCE"), 6, pictures_.path().string());
    std::ofstream(pictures_ / "tiny.toml") << toml;
  }

  fs::path run(const fs::path& folder, const std::string& stage = {}) {
    return train(pictures_ / "tiny.toml", {.work_dir = folder, .stage = stage, .on_progress = {}}, Cancellation());
  }

  /// Stops a stage after its first step.
  void run_interrupted(const fs::path& folder, const std::string& stage) {
    Cancellation cancellation;
    const auto stop = [&](const TrainReport& report) {
      if (report.label == stage) cancellation.request();
    };
    refusal(ErrorCode::kCancelled, [&] {
      train(pictures_ / "tiny.toml", {.work_dir = folder, .stage = stage, .on_progress = stop}, cancellation);
    });
  }

  tests::TemporaryFolder pictures_, first_, second_;
};

TEST_F(TrainTest, MakesAFileThatTheOrdinaryLoaderReads) {
  const fs::path model = run(first_.path());
  const io::TensorFile file = io::TensorFile::open(model);
  EXPECT_EQ(file.metadata().at("modelspec.license"), "CC0-1.0");
  EXPECT_EQ(file.tensor("model.diffusion_model.out.2.weight").scalar_type(), at::kHalf);
  EXPECT_EQ(file.tensor("cond_stage_model.transformer.text_model.embeddings.position_ids").scalar_type(), at::kLong);
  const models::StableDiffusion loaded = models::load_stable_diffusion(file, {});
  EXPECT_EQ(loaded.config.unet.context_dim, 64);
  EXPECT_EQ(loaded.config.text_encoders.at(0).network.vocabulary, 49408);
  const at::NoGradGuard no_gradient;
  EXPECT_EQ(loaded.autoencoder.decode(at::randn({1, 4, 8, 8})).sizes(), (std::vector<std::int64_t>{1, 3, 64, 64}));
}

TEST_F(TrainTest, GoesOnAfterAnInterruptionExactlyAsWithout) {
  run(first_.path(), "autoencoder");
  fs::copy(first_.path(), second_.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  run(first_.path(), "denoiser");
  run_interrupted(second_.path(), "denoiser");
  run_interrupted(second_.path(), "denoiser");
  run(second_.path(), "denoiser");
  const NamedTensors straight = read_checkpoint(checkpoint_path(first_.path(), "denoiser"));
  const NamedTensors resumed = read_checkpoint(checkpoint_path(second_.path(), "denoiser"));
  ASSERT_EQ(straight.size(), resumed.size());
  for (const auto& [name, tensor] : straight) {
    if (name == "stage.seconds") continue;
    EXPECT_TRUE(at::equal(tensor, resumed.at(name))) << name;
  }
}

TEST_F(TrainTest, WritesLogsAndSheets) {
  run(first_.path(), "autoencoder");
  std::ifstream log(first_ / "autoencoder.jsonl");
  std::string line;
  ASSERT_TRUE(std::getline(log, line));
  EXPECT_NE(line.find("\"l1\""), std::string::npos) << line;
  const io::Image sheet = io::read_png(first_ / "autoencoder-sheets/000002.png");
  EXPECT_EQ(sheet.width, 8 * 64);
}

TEST_F(TrainTest, AsksForTheStageThatIsMissing) {
  EXPECT_NE(
      refusal(ErrorCode::kNotFound, [&] { run(first_.path(), "denoiser"); }).find("run stage 'autoencoder' first"),
      std::string::npos);
  EXPECT_NE(refusal(ErrorCode::kInvalidArgument, [&] { run(first_.path(), "vae"); }).find("stage 'vae' is unknown"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::training
