#include "pipelines/adapter_shelf.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "io/safetensors_writer.h"
#include "models/stable_diffusion.h"
#include "pipelines/conditioning.h"
#include "pipelines/text_to_image.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kFirstConv = "model.diffusion_model.input_blocks.0.0.weight";

class Shelf : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  io::TensorFile file_ = io::TensorFile::open(tests::tiny_model("micro-sd1"));
  weights::StateDict source_{file_, at::kFloat};
  at::Tensor weight_ = source_.take(kFirstConv, {32, 4, 3, 3});
  at::Tensor original_ = weight_.clone();
  weights::LiveWeights live_ = source_.live(std::array<std::string_view, 1>{"model."});
  AdapterShelf shelf_{ModelLibrary(folder_.path()), file_};

  void write(const std::string& place, double amount, const std::map<std::string, std::string>& metadata = {}) const {
    const fs::path path = folder_.path() / place;
    fs::create_directories(path.parent_path());
    io::write_safetensors(path, {{"lora_unet_conv_in.diff", at::full({32, 4, 3, 3}, amount)}}, metadata);
  }

  ActiveNetworks apply(const std::string& prompt) {
    return shelf_.apply(prompt::extract_networks(prompt).networks, live_);
  }

  double change() const { return (weight_ - original_).mean().item<double>(); }
};

TEST_F(Shelf, AppliesWhatTheTagsAskAndTakesItBack) {
  write("Lora/deep/one.safetensors", 1);
  write("LyCORIS/two.safetensors", 10);
  const ActiveNetworks active = apply("a cat <lora:one:0.5> and <lyco:two>");
  EXPECT_THAT(active.warnings, IsEmpty());
  ASSERT_EQ(active.loras.size(), 2u);
  EXPECT_EQ(active.loras[0].name, "one");
  EXPECT_EQ(active.loras[0].hash.size(), 12u);
  EXPECT_NE(active.loras[0].hash, active.loras[1].hash);
  EXPECT_NEAR(change(), 10.5, 1e-4);
  EXPECT_THAT(apply("a cat").loras, IsEmpty());
  EXPECT_TRUE(at::equal(weight_, original_));
}

TEST_F(Shelf, FindsAnAdapterByTheNameItsTrainerGaveIt) {
  write("Lora/file.safetensors", 1, {{"ss_output_name", "alias"}});
  const ActiveNetworks active = apply("<lora:alias>");
  ASSERT_EQ(active.loras.size(), 1u);
  EXPECT_EQ(active.loras[0].name, "alias");
}

TEST_F(Shelf, NamesWhatIsMissingAndGoesOn) {
  write("Lora/miku.safetensors", 1);
  const ActiveNetworks active = apply("<lora:mikuu:1> <lora:miku:?> <lora:miku:2>");
  EXPECT_THAT(active.warnings, ElementsAre(HasSubstr("lora 'mikuu' is not among the 1"), HasSubstr("argument is '?'")));
  EXPECT_THAT(active.warnings[0], HasSubstr("'miku'"));
  EXPECT_EQ(active.loras.size(), 1u);
  EXPECT_NEAR(change(), 2, 1e-4);
  EXPECT_EQ(apply("<lora:mikuu><lora:mikuu:0.5>").warnings.size(), 1u);
}

TEST_F(Shelf, NamesWhatDoesNotFitAndWritesNoHashOfIt) {
  fs::create_directories(folder_ / "Lora");
  io::write_safetensors(folder_ / "Lora/big.safetensors", {{"lora_unet_conv_in.diff", at::ones({64, 4, 3, 3})},
                                                           {"lora_unet_elsewhere.diff", at::ones({4})},
                                                           {"lora_unet_nowhere.diff", at::ones({4})}});
  std::ofstream(folder_ / "Lora/broken.safetensors") << "no tensors here";
  const ActiveNetworks active = apply("<lora:big><lora:broken>");
  EXPECT_THAT(active.loras, IsEmpty());
  EXPECT_THAT(active.warnings,
              ElementsAre(HasSubstr("lora 'big': the model has no module unet_elsewhere (and 1 more)"),
                          HasSubstr("lora 'big': left out: module 'unet_conv_in'"), HasSubstr("broken.safetensors")));
  EXPECT_TRUE(at::equal(weight_, original_));
}

TEST_F(Shelf, LeavesOutValuesThatAreNoNumbers) {
  fs::create_directories(folder_ / "Lora");
  const auto rank_one = [](double alpha) {
    return std::map<std::string, at::Tensor>{{"lora_unet_conv_in.lora_up.weight", at::ones({32, 1, 1, 1})},
                                             {"lora_unet_conv_in.lora_down.weight", at::ones({1, 4, 3, 3})},
                                             {"lora_unet_conv_in.alpha", at::scalar_tensor(alpha)}};
  };
  io::write_safetensors(folder_ / "Lora/none.safetensors", rank_one(std::nan("")));
  io::write_safetensors(folder_ / "Lora/endless.safetensors", rank_one(HUGE_VAL));
  io::write_safetensors(folder_ / "Lora/nothing.safetensors", rank_one(0));
  auto holed = rank_one(1);
  holed["lora_unet_conv_in.lora_up.weight"][3] = std::nan("");
  io::write_safetensors(folder_ / "Lora/holed.safetensors", holed);
  const ActiveNetworks active = apply("<lora:none><lora:endless><lora:nothing><lora:holed>");
  EXPECT_THAT(active.warnings, ElementsAre(HasSubstr("lora 'none': left out: module 'unet_conv_in' has values in "
                                                     "'lora_unet_conv_in.alpha' that are infinite or no numbers"),
                                           HasSubstr("lora 'endless'"), HasSubstr("lora 'holed'")));
  EXPECT_TRUE(at::equal(weight_, original_));
}

TEST_F(Shelf, SaysWhatAFileIsThatIsNoAdapter) {
  fs::create_directories(folder_ / "Lora");
  fs::copy_file(tests::tiny_model("micro-sd1"), folder_ / "Lora/model.safetensors");
  io::write_safetensors(folder_ / "Lora/half.safetensors", {{"lora_unet_conv_in.lora_up.weight", at::ones({32, 1})}});
  EXPECT_THAT(apply("<lora:model><lora:half>").warnings,
              ElementsAre(HasSubstr("is a Stable Diffusion 1.x checkpoint, expected a LoRA"),
                          HasSubstr("none of its modules has all its tensors")));
}

TEST_F(Shelf, HandsOverTheWordsThatComeWithAnAdapter) {
  fs::create_directories(folder_ / "Lora");
  io::write_safetensors(folder_ / "Lora/bundle.safetensors", {{"lora_unet_conv_in.diff", at::ones({32, 4, 3, 3})},
                                                              {"bundle_emb.tok-a.string_to_param.*", at::ones({2, 8})},
                                                              {"bundle_emb.tok-b.emb_params", at::ones({8})},
                                                              {"bundle_emb.tok-c.emb_params", at::ones({80, 8})}});
  const ActiveNetworks active = apply("<lora:bundle>");
  ASSERT_EQ(active.words.size(), 2u);
  EXPECT_EQ(active.words[0].name, "tok-a");
  EXPECT_EQ(active.words[0].count(), 2);
  EXPECT_EQ(active.words[1].name, "tok-b");
  EXPECT_THAT(active.warnings, ElementsAre(HasSubstr("has shape [80, 8], expected [1 to 75, width]")));
  EXPECT_THAT(apply("").words, IsEmpty());
}

TEST_F(Shelf, SaysWhatAnAdapterWasMadeForThatDoesNotFit) {
  fs::create_directories(folder_ / "Lora");
  io::write_safetensors(folder_ / "Lora/xl.safetensors", {{"lora_te2_somewhere.diff", at::ones({4})}},
                        {{"ss_base_model_version", "sdxl_base_v1-0"}});
  EXPECT_THAT(apply("<lora:xl>").warnings,
              ElementsAre("lora 'xl': made for 'sdxl_base_v1-0', the model has no module te2_somewhere"));
}

TEST_F(Shelf, KnowsAFileOfAnotherNameByItsHash) {
  write("Lora/here.safetensors", 1);
  write("Lora/other.safetensors", 2);
  const auto tags = prompt::extract_networks("<lora:there>").networks;
  const std::string hash = apply("<lora:here>").loras.at(0).hash;
  const ActiveNetworks active = shelf_.apply(tags, live_, {{"there", hash}});
  EXPECT_THAT(active.warnings, IsEmpty());
  ASSERT_EQ(active.loras.size(), 1u);
  EXPECT_EQ(active.loras[0].name, "there");
  EXPECT_EQ(active.loras[0].hash, hash);
  EXPECT_NEAR(change(), 1, 1e-4);
  EXPECT_THAT(shelf_.apply(tags, live_, {{"there", "0123456789ab"}}).warnings,
              ElementsAre(HasSubstr("lora 'there' is not among the 2")));
  EXPECT_THAT(shelf_.apply(prompt::extract_networks("<lora:other>").networks, live_, {{"other", hash}}).warnings,
              ElementsAre(HasSubstr("lora 'other' is another file than before")));
}

TEST_F(Shelf, ReadsAFileAgainThatChanged) {
  write("Lora/one.safetensors", 1);
  apply("<lora:one>");
  write("Lora/one.safetensors", 3);
  fs::last_write_time(folder_ / "Lora/one.safetensors", fs::file_time_type::clock::now() + std::chrono::seconds(5));
  apply("<lora:one>");
  EXPECT_NEAR(change(), 3, 1e-4);
}

// The recorded conditioning of 'a lora test' under each adapter: its mean and standard deviation.
TEST(AdapterConditioning, MatchesTheOriginal) {
  const auto golden = tests::golden_tensors("components/lora.safetensors");
  const auto description = tests::golden_json("components/lora.json");
  const auto file = io::TensorFile::open(tests::tiny_model("tiny-sd1"));
  models::StableDiffusion model = models::load_stable_diffusion(file, {});
  tests::TemporaryFolder folder;
  fs::create_directories(folder / "Lora");
  for (const auto& entry : fs::directory_iterator(tests::golden_path("loras"))) {
    fs::copy_file(entry.path(), folder / ("Lora/" + entry.path().filename().string()));
  }
  AdapterShelf shelf{ModelLibrary(folder.path()), file};
  for (const auto& entry : description["cases"]) {
    if (entry["model"] != "tiny-sd1") continue;
    std::string tags;
    for (std::size_t i = 0; i < entry["files"].size(); ++i) {
      tags += fmt::format("<lora:{}:{}:{}{}>", fs::path(entry["files"][i].get<std::string>()).stem().string(),
                          entry["te_multiplier"][i].get<double>(), entry["unet_multiplier"][i].get<double>(),
                          entry["dyn_dim"].is_null() ? "" : fmt::format(":{}", entry["dyn_dim"].get<int>()));
    }
    EXPECT_THAT(shelf.apply(prompt::extract_networks(tags).networks, model.weights).warnings, IsEmpty());
    const at::Tensor context = encode_texts(model, std::vector<std::string>{"a lora test"}, {}).front().context;
    const at::Tensor expected = golden.tensor(entry["name"].get<std::string>() + "/te_mean_std");
    EXPECT_NEAR(context.mean().item<double>(), expected[0].item<double>(), 1e-5) << tags;
    EXPECT_NEAR(context.std().item<double>(), expected[1].item<double>(), 1e-5) << tags;
  }
}

TEST(TextToImageWithLora, WritesHashesAndWarns) {
  tests::TemporaryFolder folder;
  fs::create_directories(folder / "Lora");
  fs::copy_file(tests::golden_path("loras/lora.safetensors"), folder / "Lora/a,b.safetensors");
  GenerationRequest request;
  request.model = tests::tiny_model("tiny-sd1").string();
  request.prompt = "a cat <lora:a,b:0.5><lora:missing>";
  request.steps = 1;
  request.seed = request.subseed = 1;
  request.width = request.height = 64;
  PictureModel model = load_picture_model(ModelLibrary(folder.path()), request, {});
  std::vector<std::string> warnings, texts;
  std::vector<at::Tensor> latents;
  const TextToImageEvents events{
      .on_warning = [&](const std::string& warning) { warnings.push_back(warning); },
      .on_picture = [&](const FinishedPicture& picture, const StageSeconds&) { texts.push_back(picture.infotext); }};
  for (const std::string& prompt : {std::string("a cat "), request.prompt, std::string("a cat ")}) {
    request.prompt = prompt;
    latents.push_back(text_to_image(model, request, events).latent);
  }
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("lora 'missing'")));
  EXPECT_THAT(texts[1], HasSubstr("a cat <lora:a,b:0.5><lora:missing>\n"));
  EXPECT_THAT(texts[1], HasSubstr(", Lora hashes: \"ab: "));
  EXPECT_THAT(texts[0], ::testing::Not(HasSubstr("Lora hashes")));
  EXPECT_FALSE(at::equal(latents[0], latents[1]));
  EXPECT_TRUE(at::equal(latents[0], latents[2]));
}

TEST(TextToImageWithNetworks, LeavesTheModelAsItWas) {
  tests::TemporaryFolder folder;
  for (const char* kind : {"Lora", "hypernetworks", "embeddings"}) fs::create_directories(folder / kind);
  for (const char* name : {"lora.safetensors", "locon.safetensors", "loha.safetensors"}) {
    fs::copy_file(tests::golden_path(std::string("loras/") + name), folder / ("Lora/" + std::string(name)));
  }
  at::manual_seed(5);
  io::write_safetensors(folder / "embeddings/word.safetensors", {{"emb_params", at::randn({2, 128})}});
  io::write_safetensors(folder / "hypernetworks/hyper.safetensors", {{"128.0.linear.0.weight", at::randn({128, 128})},
                                                                     {"128.0.linear.0.bias", at::randn({128})},
                                                                     {"64.1.linear.0.weight", at::randn({64, 64})},
                                                                     {"64.1.linear.0.bias", at::randn({64})}});
  GenerationRequest request;
  request.model = tests::tiny_model("tiny-sd1").string();
  request.steps = 1;
  request.seed = request.subseed = 1;
  request.width = request.height = 64;
  PictureModel model = load_picture_model(ModelLibrary(folder.path()), request, {});
  const auto latent = [&](const std::string& prompt) {
    request.prompt = prompt;
    return text_to_image(model, request, {}).latent;
  };
  const at::Tensor plain = latent("a cat");
  const at::Tensor changed = latent("a cat word <lora:lora><lora:locon:0.5><lora:loha:-1> <hypernet:hyper:0.2>");
  EXPECT_FALSE(at::equal(changed, plain));
  EXPECT_FALSE(at::equal(latent("a cat <hypernet:hyper:0.2>"), plain));
  EXPECT_TRUE(at::equal(latent("a cat"), plain));
  EXPECT_TRUE(at::equal(latent("a cat word <lora:lora><lora:locon:0.5><lora:loha:-1> <hypernet:hyper:0.2>"), changed));
}

}  // namespace
}  // namespace fude::pipelines
