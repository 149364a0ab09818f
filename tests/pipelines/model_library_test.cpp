#include "pipelines/model_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "tests/support/diffusers_writer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

using ::testing::HasSubstr;

class Library : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  ModelLibrary library_{folder_.path()};

  void add(const std::string& place) {
    const std::filesystem::path path = folder_.path() / place;
    std::filesystem::create_directories(path.parent_path());
    std::filesystem::copy_file(tests::tiny_model("micro-sd1"), path);
  }

  std::string refusal(const std::string& name) {
    try {
      library_.open_checkpoint(name);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kNotFound);
      return error.what();
    }
    return "found";
  }
};

TEST_F(Library, FindsACheckpointByEveryNameItGoesBy) {
  add("Stable-diffusion/anime/nice.model.safetensors");
  const NamedFile by_stem = library_.open_checkpoint("nice.model");
  EXPECT_EQ(by_stem.name, "nice.model");
  EXPECT_EQ(by_stem.hash.digits().size(), 10u);
  EXPECT_EQ(library_.open_checkpoint("nice.model.safetensors").hash.digits(), by_stem.hash.digits());
  EXPECT_EQ(library_.open_checkpoint("nice.model.safetensors [" + by_stem.hash.digits() + "]").hash.digits(),
            by_stem.hash.digits());
  EXPECT_EQ(library_.open_checkpoint(tests::tiny_model("micro-sd1").string()).hash.digits(), by_stem.hash.digits());
}

TEST_F(Library, HashesALargeFileOnce) {
  const std::filesystem::path path = folder_ / "large.safetensors", hashes = folder_ / "hashes.json";
  io::write_safetensors(path, {{"x", at::zeros({17 << 20}, at::kByte)}});
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  const ModelLibrary library(folder_.path(), hashes);
  const std::string hash = library.open_checkpoint(path.string()).hash.digits();
  EXPECT_EQ(hash, ModelLibrary(folder_.path()).open_checkpoint(path.string()).hash.digits());
  ASSERT_TRUE(std::filesystem::exists(hashes));
  // What stands there is taken, as its changed digits show.
  std::ifstream file(hashes);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  text.replace(text.find(hash), 10, "0123456789");
  std::ofstream(hashes) << text;
  EXPECT_EQ(library.open_checkpoint(path.string()).hash.digits(), "0123456789");
}

TEST_F(Library, TakesADiffusersFolderForOneModel) {
  const auto model = folder_ / "Stable-diffusion" / "painter-1.5";
  tests::write_diffusers_folder(tests::tiny_model("micro-sd1"), model);
  EXPECT_THAT(library_.files_in("Stable-diffusion"), ::testing::ElementsAre(model));
  const NamedFile named = library_.open_checkpoint("painter-1.5");
  EXPECT_EQ(named.name, "painter-1.5");
  EXPECT_TRUE(named.file.tensors().contains("model.diffusion_model.out.2.weight"));
  EXPECT_EQ(library_.open_checkpoint(model.string() + "/").name, "painter-1.5");
}

TEST_F(Library, NamesTheNearestWhenThereIsNone) {
  add("Stable-diffusion/watercolour.safetensors");
  EXPECT_THAT(refusal("watercolor"), HasSubstr("did you mean 'watercolour'?"));
  EXPECT_THAT(refusal("hajima"), HasSubstr("did you mean 'Hajime'?"));
  EXPECT_THAT(refusal("watercolor"), HasSubstr("holds 1 model"));
}

TEST_F(Library, NamesAMissingFile) {
  EXPECT_THAT(refusal("/no/such/model.safetensors"), HasSubstr("model.safetensors"));
}

TEST_F(Library, TakesTheAutoencoderNamedLikeTheCheckpoint) {
  add("Stable-diffusion/nice.safetensors");
  const NamedFile checkpoint = library_.open_checkpoint("nice");
  EXPECT_FALSE(library_.matching_autoencoder(checkpoint).has_value());
  add("VAE/nice.vae.safetensors");
  const auto autoencoder = library_.matching_autoencoder(checkpoint);
  ASSERT_TRUE(autoencoder.has_value());
  EXPECT_EQ(autoencoder->name, "nice.vae");
}

TEST_F(Library, TakesTheAutoencoderThatTheCheckpointsNotesName) {
  add("Stable-diffusion/nice.safetensors");
  add("VAE/nice.vae.safetensors");
  add("VAE/soft.safetensors");
  std::ofstream(folder_ / "Stable-diffusion/nice.json") << R"({"vae": "soft.safetensors"})";
  EXPECT_EQ(library_.matching_autoencoder(library_.open_checkpoint("nice"))->name, "soft");
  std::ofstream(folder_ / "Stable-diffusion/nice.json") << R"({"vae": "None"})";
  EXPECT_FALSE(library_.matching_autoencoder(library_.open_checkpoint("nice")).has_value());
}

TEST_F(Library, FindsAnAutoencoderBesideTheCheckpoint) {
  add("elsewhere/nice.ckpt");
  add("elsewhere/nice.vae.safetensors");
  const NamedFile checkpoint = library_.open_checkpoint((folder_ / "elsewhere/nice.ckpt").string());
  EXPECT_EQ(library_.matching_autoencoder(checkpoint)->name, "nice.vae");
}

TEST_F(Library, IgnoresFilesThatAreNoModels) {
  add("Stable-diffusion/notes.txt");
  EXPECT_TRUE(library_.files_in("Stable-diffusion").empty());
}

TEST_F(Library, AConfinedOneTakesNoPaths) {
  add("Stable-diffusion/anime/nice.safetensors");
  library_ = library_.confined();
  const std::filesystem::path inside = folder_ / "Stable-diffusion/anime/nice.safetensors";
  EXPECT_EQ(library_.find_checkpoint("nice"), inside);
  EXPECT_EQ(library_.find_checkpoint("anime/nice.safetensors"), inside);
  std::ofstream(folder_ / "outside.toml") << "";
  for (const std::string& name : {inside.string(), tests::tiny_model("micro-sd1").string(), std::string("/etc/passwd"),
                                  std::string("../outside.toml"), std::string("anime/../anime/nice.safetensors")}) {
    EXPECT_NE(refusal(name), "found") << name;
  }
}

}  // namespace
}  // namespace fude::pipelines
