#include "pipelines/model_card.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "pipelines/model_list.h"
#include "tests/support/golden.h"
#include "tests/support/models_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;
using ::testing::StartsWith;

class ModelCards : public ::testing::Test {
 protected:
  tests::ModelsFolder folder_;
  fs::path models_ = folder_.models();

  void add(const fs::path& from, const std::string& place) const { folder_.add(from, place); }
  std::vector<ModelCard> cards() const {
    const ModelLibrary library(models_);
    std::vector<ModelCard> all;
    for (const ListedModel& model : list_models(library)) all.push_back(describe_model(library, model));
    return all;
  }

  static const ModelCard& named(const std::vector<ModelCard>& all, const std::string& name) {
    const auto found = std::ranges::find_if(all, [&](const ModelCard& card) { return card.model.name == name; });
    if (found != all.end()) return *found;
    ADD_FAILURE() << name << " has no card";
    return all.front();
  }
};

TEST_F(ModelCards, TheEmbeddedModelHasATitleWithItsHash) {
  const auto all = cards();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_THAT(all[0].title, StartsWith("Hajime ["));
  EXPECT_EQ(all[0].sha256.size(), 64u);
  EXPECT_EQ(all[0].file, "");
  EXPECT_EQ(ModelLibrary(models_).find_checkpoint(all[0].title), fs::path());
}

TEST_F(ModelCards, ACheckpointGoesByTheWebUisNames) {
  add(tests::tiny_model("micro-sd1"), "Stable-diffusion/anime/nice.v2.safetensors");
  const auto all = cards();
  const ModelCard& card = named(all, "nice.v2");
  const std::string hash = card.sha256.substr(0, 10);
  EXPECT_EQ(card.title, "anime/nice.v2.safetensors [" + hash + "]");
  EXPECT_EQ(card.underscored_name, "anime_nice.v2");
  EXPECT_EQ(card.file, "Stable-diffusion/anime/nice.v2.safetensors");
  EXPECT_GT(card.modified_at, 1'500'000'000'000);
  for (const std::string& text :
       {card.title, std::string("anime/nice.v2.safetensors"), std::string("nice.v2.safetensors"),
        std::string("anime_nice.v2"), std::string("nice.v2"), hash, card.sha256, std::string("ice.v"),
        std::string("nice.v2 [0000000000]")}) {
    EXPECT_EQ(find_card(all, ModelUse::kCheckpoint, text), &card) << text;
  }
  EXPECT_EQ(ModelLibrary(models_).find_checkpoint(card.title), card.model.path);
}

TEST_F(ModelCards, AnEmptyFileHasOneToo) {
  fs::create_directories(models_ / "Stable-diffusion");
  std::ofstream(models_ / "Stable-diffusion" / "empty.safetensors").close();
  const ModelCard card = named(cards(), "empty");
  EXPECT_EQ(card.sha256, "");
  EXPECT_EQ(card.title, "empty.safetensors");
}

TEST_F(ModelCards, NothingOutsideTheModelsFolderIsFound) {
  const std::string outside = tests::tiny_model("micro-sd1").string();
  const auto all = cards();
  for (const std::string& text : {outside, std::string("../secret"), std::string("none"), std::string()}) {
    EXPECT_EQ(find_card(all, ModelUse::kCheckpoint, text), nullptr) << text;
  }
  EXPECT_EQ(find_card(all, ModelUse::kAutoencoder, "Hajime"), nullptr);
}

TEST_F(ModelCards, ShowWhatAdaptersSay) {
  add(tests::golden_path("loras/lora.safetensors"), "Lora/line.safetensors");
  add(tests::golden_path("embeddings/xl_emb.safetensors"), "embeddings/word.safetensors");
  add(tests::golden_path("loras/locon.safetensors"), "Stable-diffusion/misplaced.safetensors");
  std::ofstream(models_ / "Lora" / "line.json") << R"({"activation text": "linework"})";
  std::ofstream(models_ / "Lora" / "broken.safetensors") << "no tensors";
  const auto all = cards();
  EXPECT_EQ(named(all, "line").notes.activation_text, "linework");
  EXPECT_EQ(named(all, "line").alias.empty(), false);
  EXPECT_GT(named(all, "word").vector_count, 0);
  EXPECT_EQ(named(all, "word").widths.size(), 2u);
  EXPECT_EQ(named(all, "broken").alias, "broken");
  EXPECT_NE(named(all, "misplaced").model.problem, "");
}

}  // namespace
}  // namespace fude::pipelines
