#include "pipelines/autoencoder_choice.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

class AutoencoderChoice : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  fs::path checkpoint_ = folder_ / "anime v1.safetensors";

  void note(const std::string& text) { std::ofstream(folder_ / "anime v1.json") << text; }
};

TEST_F(AutoencoderChoice, TakesTheFirstNameThatBeginsLikeTheCheckpoints) {
  const std::vector<fs::path> files = {"VAE/other.vae.pt", "VAE/anime v1-vae10.pt", "VAE/anime v1-vae9.safetensors",
                                       "VAE/anime v1.txt"};
  EXPECT_EQ(autoencoder_named_like(checkpoint_, files), fs::path("VAE/anime v1-vae9.safetensors"));
  EXPECT_EQ(autoencoder_named_like("anime v2.ckpt", files), std::nullopt);
}

TEST_F(AutoencoderChoice, NeverTakesTheCheckpointItself) {
  std::ofstream(checkpoint_) << "x";
  EXPECT_EQ(autoencoder_named_like(checkpoint_, {checkpoint_}), std::nullopt);
}

TEST_F(AutoencoderChoice, ReadsTheNotesBesideTheCheckpoint) {
  EXPECT_EQ(noted_autoencoder(checkpoint_), std::nullopt);
  note(R"({"description": "", "vae": "soft.vae.pt"})");
  EXPECT_EQ(noted_autoencoder(checkpoint_), "soft.vae.pt");
  note(R"({"vae": "Automatic"})");
  EXPECT_EQ(noted_autoencoder(checkpoint_), std::nullopt);
  note(R"({"vae": "None"})");
  EXPECT_EQ(noted_autoencoder(checkpoint_), "None");
}

TEST_F(AutoencoderChoice, IgnoresNotesThatAreNone) {
  for (const char* text : {"", "[1]", "{\"vae\": 3}", "{\"vae\": "}) {
    note(text);
    EXPECT_EQ(noted_autoencoder(checkpoint_), std::nullopt) << text;
  }
}

TEST(IsCalledAutoencoder, GoesByTheLastTwoEndings) {
  EXPECT_TRUE(is_called_autoencoder("a.b.vae.safetensors"));
  EXPECT_TRUE(is_called_autoencoder("a.vae.pt"));
  EXPECT_FALSE(is_called_autoencoder("vae.pt"));
  EXPECT_FALSE(is_called_autoencoder("a.vae.json"));
}

TEST(NaturalLess, ReadsNumbers) {
  EXPECT_TRUE(natural_less("v2", "v10"));
  EXPECT_TRUE(natural_less("V2", "v10"));
  EXPECT_FALSE(natural_less("v10", "v2"));
  EXPECT_TRUE(natural_less("v", "v0"));
  EXPECT_FALSE(natural_less("v02", "v2"));
  EXPECT_FALSE(natural_less("v2", "v02"));
}

}  // namespace
}  // namespace fude::pipelines
