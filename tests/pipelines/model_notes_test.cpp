#include "pipelines/model_notes.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace fude::pipelines {
namespace {

class ModelNotesFile : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  std::filesystem::path model_ = folder_ / "nice.v2.safetensors";

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
};

TEST_F(ModelNotesFile, AreReadFromTheWebUisForm) {
  write("nice.v2.json", R"({"description": "線", "activation text": "linework", "preferred weight": 0.7, "vae": "a.pt",
                            "negative text": "blur", "notes": "mine", "sd version": "SD1"})");
  const ModelNotes notes = read_model_notes(model_);
  EXPECT_EQ(notes.description, "線");
  EXPECT_EQ(notes.activation_text, "linework");
  EXPECT_EQ(notes.negative_text, "blur");
  EXPECT_EQ(notes.notes, "mine");
  EXPECT_EQ(notes.vae, "a.pt");
  EXPECT_EQ(notes.preferred_weight, 0.7);
}

TEST_F(ModelNotesFile, ADescriptionMayBeATextFile) {
  write("nice.v2.description.txt", "from a file");
  EXPECT_EQ(read_model_notes(model_).description, "from a file");
}

TEST_F(ModelNotesFile, DamagedOnesCountAsNone) {
  write("nice.v2.json", R"({"description": 7, "preferred weight": "heavy", "notes": )");
  EXPECT_EQ(read_model_notes(model_).description, "");
  write("nice.v2.json", R"({"description": 7, "preferred weight": "heavy", "notes": ["a"]})");
  EXPECT_EQ(read_model_notes(model_).description, "");
  EXPECT_EQ(read_model_notes(model_).preferred_weight, std::nullopt);
  EXPECT_EQ(read_model_notes({}).description, "");
}

TEST_F(ModelNotesFile, APreviewIsAnotherPictureOfThatName) {
  EXPECT_EQ(model_preview(model_), std::nullopt);
  write("nice.v2.preview.webp", "");
  EXPECT_EQ(model_preview(model_), folder_ / "nice.v2.preview.webp");
  write("nice.v2.png", "");
  EXPECT_EQ(model_preview(model_), folder_ / "nice.v2.png");
  EXPECT_EQ(model_preview(folder_ / "nice.v2.png"), folder_ / "nice.v2.preview.webp");
}

}  // namespace
}  // namespace fude::pipelines
