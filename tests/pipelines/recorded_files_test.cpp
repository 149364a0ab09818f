#include "pipelines/recorded_files.h"

#include <gtest/gtest.h>

#include <fstream>

#include "io/model_hashes.h"
#include "tests/support/models_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

TEST(RecordedFile, IsTakenApart) {
  EXPECT_EQ(recorded_file("a model [0123456789]").name, "a model");
  EXPECT_EQ(recorded_file("a model [0123456789]").hash, "0123456789");
  EXPECT_EQ(recorded_file("a [model").name, "a [model");
}

TEST(IsHash, ComparesAsManyDigitsAsBothHave) {
  EXPECT_TRUE(is_hash("0123456789abcdef", "0123456789"));
  EXPECT_TRUE(is_hash("0123456789", "0123456789ab"));
  EXPECT_FALSE(is_hash("0123456789", "0123456788"));
  EXPECT_FALSE(is_hash("0123456789", "0123")) << "too few digits say nothing";
  EXPECT_FALSE(is_hash("0123456789", ""));
}

class Recorded : public ::testing::Test {
 protected:
  Recorded() { folder_.add(tests::tiny_model("micro-sd1"), "Stable-diffusion/sub/cats.safetensors"); }

  RecordedFiles files() const { return RecordedFiles(ModelLibrary(folder_.models())); }

  tests::ModelsFolder folder_;
  std::filesystem::path path_ = folder_.models() / "Stable-diffusion/sub/cats.safetensors";
};

TEST_F(Recorded, IsFoundByEveryKindOfHash) {
  const io::ModelHashes hashes = io::model_hashes(io::TensorFile::open(path_));
  for (const std::string& hash : {hashes.sha256, hashes.auto_v1, hashes.auto_v2}) {
    EXPECT_EQ(files().checkpoint({.name = "other", .hash = hash}), path_);
  }
  EXPECT_FALSE(files().checkpoint({.name = "cats", .hash = "0000000000"}));
  EXPECT_EQ(files().checkpoint({.name = "cats"}), path_);
  EXPECT_FALSE(files().checkpoint({.name = "dogs"}));
}

TEST_F(Recorded, IsNoFileOutsideTheModelsFolder) {
  EXPECT_FALSE(files().checkpoint({.name = tests::tiny_model("micro-sd1").string()}));
  EXPECT_FALSE(files().checkpoint({.name = "../../models/Stable-diffusion/sub/cats.safetensors", .hash = "12345678"}));
}

TEST_F(Recorded, IsNamedAsTheLibraryTakesIt) {
  EXPECT_EQ(files().request_name(path_), path_.string());
  const ModelLibrary confined = ModelLibrary(folder_.models()).confined();
  EXPECT_EQ(RecordedFiles(confined).request_name(path_), "sub/cats.safetensors");
  EXPECT_EQ(confined.find_checkpoint("sub/cats.safetensors"), path_);
  EXPECT_EQ(RecordedFiles(confined).request_name(""), "Hajime");
}

TEST_F(Recorded, TellsWhichFilesAreReadForTheirHash) {
  std::vector<std::string> read;
  const ModelLibrary library(folder_.models());
  const RecordedFiles files(library, [&](const std::filesystem::path& path) { read.push_back(path.filename()); });
  files.checkpoint({.name = "cats", .hash = "0123456789"});
  EXPECT_TRUE(read.empty()) << "small files are hashed at once";
}

}  // namespace
}  // namespace fude::pipelines
