#include "pipelines/model_catalog.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/models_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class Catalog : public ::testing::Test {
 protected:
  tests::ModelsFolder folder_;
  ModelCatalog catalog_{ModelLibrary(folder_.models())};

  void add(const std::string& place) const { folder_.add(tests::tiny_model("micro-sd1"), place); }
  std::vector<std::string> names() {
    std::vector<std::string> names;
    for (const ListedModel& model : catalog_.models()) names.push_back(model.name);
    return names;
  }
};

TEST_F(Catalog, KnowsFilesThatCameAndThoseThatWent) {
  EXPECT_THAT(names(), ElementsAre("Hajime"));
  add("Stable-diffusion/b.safetensors");
  add("Stable-diffusion/a.safetensors");
  EXPECT_THAT(names(), ElementsAre("Hajime", "a", "b"));
  EXPECT_EQ(catalog_.cards().size(), 3u);
  EXPECT_EQ(catalog_.cards(ModelUse::kLora).size(), 0u);
  fs::remove(folder_.models() / "Stable-diffusion/a.safetensors");
  EXPECT_THAT(names(), ElementsAre("Hajime", "b"));
}

TEST_F(Catalog, AHeaderIsReadOnceUntilTheFileChanges) {
  add("Stable-diffusion/a.safetensors");
  const fs::path file = folder_.models() / "Stable-diffusion/a.safetensors";
  const auto time = fs::last_write_time(file);
  const auto size = fs::file_size(file);
  EXPECT_THAT(catalog_.models()[1].problem, IsEmpty());
  // Other bytes with the size and time of before are not looked at ...
  std::ofstream(file, std::ios::binary) << std::string(size, 'x');
  fs::last_write_time(file, time);
  EXPECT_THAT(catalog_.models()[1].problem, IsEmpty());
  // ... until one of them changes, or somebody asks for it.
  fs::last_write_time(file, time + std::chrono::seconds(5));
  EXPECT_THAT(catalog_.models()[1].problem, Not(IsEmpty()));
  EXPECT_THAT(catalog_.cards()[1].model.problem, Not(IsEmpty()));
}

TEST_F(Catalog, ForgettingReadsEverythingAnew) {
  add("Stable-diffusion/a.safetensors");
  const fs::path file = folder_.models() / "Stable-diffusion/a.safetensors";
  const auto time = fs::last_write_time(file);
  catalog_.models();
  std::ofstream(file, std::ios::binary) << std::string(fs::file_size(file), 'x');
  fs::last_write_time(file, time);
  catalog_.forget();
  EXPECT_THAT(catalog_.models()[1].problem, Not(IsEmpty()));
}

TEST_F(Catalog, CardsTellWhatLiesBesideTheFileNow) {
  add("Stable-diffusion/a.safetensors");
  EXPECT_EQ(catalog_.cards()[1].notes.description, "");
  EXPECT_EQ(catalog_.cards()[1].sha256.size(), 64u);
  std::ofstream(folder_.models() / "Stable-diffusion/a.txt") << "soft colours";
  EXPECT_EQ(catalog_.cards()[1].notes.description, "soft colours");
  EXPECT_EQ(catalog_.cards()[1].sha256.size(), 64u);
}

TEST_F(Catalog, AFolderOfModelsMayBeALink) {
  const tests::TemporaryFolder disk;
  fs::copy_file(tests::tiny_model("micro-sd1"), disk / "far.safetensors");
  fs::create_directories(folder_.models() / "Stable-diffusion");
  fs::create_directory_symlink(disk.path(), folder_.models() / "Stable-diffusion/disk");
  EXPECT_THAT(names(), ElementsAre("Hajime", "far"));
  EXPECT_EQ(catalog_.cards()[1].file, "Stable-diffusion/disk/far.safetensors");
}

}  // namespace
}  // namespace fude::pipelines
