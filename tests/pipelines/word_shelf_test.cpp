#include "pipelines/word_shelf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "io/images/png_file.h"
#include "pipelines/conditioning.h"
#include "pipelines/text_to_image.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Words : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;

  void SetUp() override { fs::create_directories(folder_ / "models/embeddings/deep"); }

  void add(const std::string& golden, const std::string& place) const {
    fs::create_directories((folder_ / place).parent_path());
    fs::copy_file(tests::golden_path("embeddings/" + golden), folder_ / place);
  }

  WordShelf shelf(std::vector<int64_t> widths) const {
    WordShelf shelf(ModelLibrary(folder_ / "models"), std::move(widths));
    shelf.refresh();
    return shelf;
  }

  static std::vector<std::string> names(const WordShelf& shelf) {
    std::vector<std::string> result;
    for (const auto& word : shelf.words()) result.push_back(word.name);
    return result;
  }
};

TEST_F(Words, MatchTheOriginalInEveryRecordedText) {
  add("myemb.pt", "models/embeddings/myemb.pt");
  add("style-x.safetensors", "embeddings/style-x.safetensors");
  add("xl_emb.safetensors", "models/embeddings/deep/xl_emb.safetensors");
  const auto golden = tests::golden_tensors("components/textual_inversion.safetensors");
  const auto description = tests::golden_json("components/textual_inversion.json");
  std::map<std::string, models::StableDiffusion> loaded;
  for (const auto& entry : description["cases"]) {
    const std::string name = entry["model"], tensor = entry["tensor"];
    const auto [model, is_new] =
        loaded.emplace(name, models::load_stable_diffusion(io::TensorFile::open(tests::tiny_model(name)), {}));
    std::vector<int64_t> widths;
    for (const auto& encoder : model->second.text_encoders) widths.push_back(encoder.config.network.width);
    const WordShelf words = shelf(widths);
    EXPECT_THAT(names(words),
                ::testing::UnorderedElementsAreArray(entry["embeddings"].get<std::vector<std::string>>()));
    const ConditioningOptions options{.chunks = {}, .frame = {.width = 1024, .height = 1024}, .words = words.words()};
    const diffusion::Conditioning actual =
        encode_texts(model->second, std::vector<std::string>{entry["text"].get<std::string>()}, options).front();
    if (golden.tensors().contains(tensor)) {
      EXPECT_TRUE(tests::close_to(actual.context, golden.tensor(tensor), 2e-5)) << entry["text"];
    } else {
      EXPECT_TRUE(tests::close_to(actual.context, golden.tensor(tensor + ".crossattn"), 2e-5)) << entry["text"];
      const int64_t pooled = 192;  // behind it stand the picture's sizes, of which the recording does not tell
      EXPECT_TRUE(tests::close_to(actual.vector.narrow(1, 0, pooled),
                                  golden.tensor(tensor + ".vector").narrow(1, 0, pooled), 2e-5));
    }
  }
}

TEST_F(Words, AreNamedLikeTheirFiles) {
  add("myemb.pt", "models/embeddings/Other Name.pt");
  add("style-x.legacy.pt", "models/embeddings/deep/style.pt");
  EXPECT_THAT(names(shelf({128})), ElementsAre("Other Name", "style"));
  EXPECT_EQ(shelf({128}).used(1).hash.size(), 12u);
}

TEST_F(Words, MayComeInAPicture) {
  io::write_png(
      folder_ / "models/embeddings/face.png", {.width = 1, .height = 1, .channels = 1, .pixels = {0}},
      std::vector<io::PngText>{{.keyword = "sd-ti-embedding",
                                .text = "eyJzdHJpbmdfdG9fcGFyYW0iOiB7IioiOiB7IlRPUkNIVEVOU09SIjogW1sxLCAyXV19fX0="}});
  io::write_png(folder_ / "models/embeddings/plain.png", {.width = 1, .height = 1, .channels = 1, .pixels = {0}});
  const WordShelf words = shelf({2});
  EXPECT_THAT(names(words), ElementsAre("face"));
  EXPECT_THAT(words.warnings_about("a plain face"), IsEmpty());
}

TEST_F(Words, ThatCannotBeUsedAreToldWhenATextSaysThem) {
  add("xl_emb.safetensors", "models/embeddings/xl_emb.safetensors");
  std::ofstream(folder_ / "models/embeddings/broken.pt") << "nothing";
  const WordShelf words = shelf({128});
  EXPECT_THAT(words.words(), IsEmpty());
  EXPECT_THAT(words.warnings_about("a cat, unbroken"), IsEmpty());
  EXPECT_THAT(words.warnings_about("XL_EMB, (broken:1.2)"),
              ElementsAre(HasSubstr("embedding 'broken'"),
                          HasSubstr("embedding 'xl_emb': it is 128 and 192 wide, and the model's text encoder 128")));
}

TEST_F(Words, OfAnAdapterGoBeforeFilesWhileItActs) {
  add("myemb.pt", "models/embeddings/myemb.pt");
  WordShelf words = shelf({128});
  EXPECT_EQ(words.words()[0].count(), 3);
  const std::vector<models::TextualInversion> bundled = {{.name = "myemb", .vectors = {at::ones({1, 128})}},
                                                         {.name = "wide", .vectors = {at::ones({1, 256})}}};
  words.refresh(bundled);
  EXPECT_THAT(names(words), ElementsAre("myemb"));
  EXPECT_EQ(words.words()[0].count(), 1);
  EXPECT_EQ(words.used(0).hash, "");  // the adapter's stands for it
  EXPECT_THAT(words.warnings_about("wide"), ElementsAre(HasSubstr("embedding 'wide': it is 256 wide")));
  words.refresh();
  EXPECT_EQ(words.words()[0].count(), 3);
}

TEST_F(Words, AreLookedForAgain) {
  WordShelf words = shelf({128});
  EXPECT_THAT(words.words(), IsEmpty());
  add("myemb.pt", "models/embeddings/myemb.pt");
  words.refresh();
  EXPECT_THAT(names(words), ElementsAre("myemb"));
  fs::remove(folder_ / "models/embeddings/myemb.pt");
  words.refresh();
  EXPECT_THAT(words.words(), IsEmpty());
}

TEST_F(Words, ActInAPictureAndAreWrittenIntoItsText) {
  add("myemb.pt", "models/embeddings/myemb.pt");
  add("style-x.safetensors", "models/embeddings/style-x.safetensors");
  GenerationRequest request;
  request.model = tests::tiny_model("tiny-sd1").string();
  request.prompt = "a cat";
  request.negative_prompt = "MYEMB";
  request.steps = 1;
  request.seed = request.subseed = 1;
  request.width = request.height = 64;
  PictureModel model = load_picture_model(ModelLibrary(folder_ / "models"), request, {});
  std::string text;
  const TextToImageEvents events{
      .on_picture = [&](const FinishedPicture& picture, const StageSeconds&) { text = picture.infotext; }};
  const at::Tensor with = text_to_image(model, request, events).latent;
  EXPECT_THAT(text, HasSubstr(", TI hashes: \"myemb: "));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("style-x")));
  fs::remove(folder_ / "models/embeddings/myemb.pt");
  EXPECT_FALSE(at::equal(with, text_to_image(model, request, events).latent));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("TI hashes")));
}

}  // namespace
}  // namespace fude::pipelines
