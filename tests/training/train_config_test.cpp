#include "training/train_config.h"

#include <gtest/gtest.h>

#include "tests/support/refusal.h"

namespace fude::training {
namespace {

constexpr const char* kSamples = "[train.denoiser.samples]\nprompts = [\"1girl\"]\n";

std::string refusal_of(const std::string& toml) {
  return tests::refusal(ErrorCode::kInvalidArgument, [&] { parse_train_config(toml + "\n" + kSamples, "test.toml"); });
}

struct Refused {
  const char* toml;
  const char* part;  // of the message
};
class RefusedConfig : public testing::TestWithParam<Refused> {};

TEST_P(RefusedConfig, IsNamedByItsKey) {
  const std::string message = refusal_of(GetParam().toml);
  EXPECT_NE(message.find(GetParam().part), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    Keys, RefusedConfig,
    testing::Values(Refused{"colour = 1", "'colour'"}, Refused{"[data]\nsede = 1", "'data.sede'"},
                    Refused{"[data]\nseed = \"one\"", "'data.seed' is not a whole number"},
                    Refused{"[data]\nsize = 100", "multiple of 64"}, Refused{"data = 3", "'data' is not a table"},
                    Refused{"[autoencoder]\nchannels = 32", "'autoencoder.channels' is 32"},
                    Refused{"[autoencoder]\nchannels = 80", "multiple of 32"},
                    Refused{"[text]\nwidth = 100", "multiple of 64"},
                    Refused{"[unet]\nchannel_mult = [1, 2]", "'unet.transformer_depth' has 4 entries, expected 2"},
                    Refused{"[unet]\nchannel_mult = [1, 99]", "'unet.channel_mult' is 99"},
                    Refused{"[train.denoiser]\nbatch = 7\nshards = 2", "multiple of the number of shards"},
                    Refused{"[train.denoiser.captions]\ndropout = 2", "'train.denoiser.captions.dropout' is 2"},
                    Refused{"[train.autoencoder.optimizer]\nrate = 1", "'train.autoencoder.optimizer.rate'"},
                    Refused{"[train.autoencoder]\ncrop = 512", "'train.autoencoder.crop' is 512"},
                    Refused{"x = ", "line 1"}));

TEST(TrainConfig, RefusesAStageWithoutSamplePrompts) {
  const std::string message = tests::refusal(ErrorCode::kInvalidArgument, [] { parse_train_config("", "empty.toml"); });
  EXPECT_NE(message.find("samples.prompts"), std::string::npos) << message;
}

TEST(TrainConfig, ReadsTheConfigurationOfTheModelThatShips) {
  const TrainConfig config =
      read_train_config(std::filesystem::path(FUDE_SOURCE_DIR) / "models" / "hajime" / "hajime.toml");
  EXPECT_EQ(config.data.source, "painter");
  EXPECT_EQ(config.unet.context_dim, config.text.width);
  EXPECT_EQ(config.text.heads * 64, config.text.width);
  EXPECT_EQ(config.output.license, "CC0-1.0");
}

TEST(TrainConfig, SaysWhichFileIsMissing) {
  EXPECT_NE(tests::refusal(ErrorCode::kNotFound, [] { read_train_config("no/such.toml"); }).find("no/such.toml"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::training
