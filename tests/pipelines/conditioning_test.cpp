#include "pipelines/conditioning.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "io/tensor_file.h"
#include "models/stable_diffusion.h"
#include "tests/support/golden.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

class Conditioning : public ::testing::Test {
 protected:
  models::StableDiffusion model_ =
      models::load_stable_diffusion(io::TensorFile::open(tests::tiny_model("tiny-sd1")), {});

  at::Tensor encode(const std::string& text, const ConditioningOptions& options = {}) const {
    return encode_texts(model_, std::vector<std::string>{text}, options).front().context;
  }
};

TEST_F(Conditioning, MatchesTheOriginalForEveryEmphasisAndClipSkip) {
  constexpr double kTolerance = 2e-5;
  const auto golden = io::TensorFile::open(tests::golden_path("components/text_encoder.safetensors"));
  int cases = 0;
  const auto description = tests::golden_json("components/text_encoder.json");
  for (const auto& entry : description["cases"]) {
    if (entry.value("model", "") != "tiny-sd1") continue;
    ConditioningOptions options{.chunks = {}, .clip_skip = entry["clip_skip"]};
    options.chunks.emphasis = prompt::parse_emphasis(entry["emphasis"].get<std::string>());
    const std::string name = entry["tensor"];
    EXPECT_TRUE(tests::close_to(encode(entry["text"], options), golden.tensor(name), kTolerance)) << name;
    ++cases;
  }
  EXPECT_EQ(cases, 11);
}

TEST(OpenClipConditioning, MatchesTheOriginal) {
  const auto model = models::load_stable_diffusion(io::TensorFile::open(tests::tiny_model("tiny-sd2v")), {});
  const auto golden = io::TensorFile::open(tests::golden_path("components/text_encoder.safetensors"));
  int cases = 0;
  const auto description = tests::golden_json("components/text_encoder.json");
  for (const auto& entry : description["cases"]) {
    if (entry.value("model", "") != "tiny-sd2v") continue;
    ConditioningOptions options{.chunks = {}, .clip_skip = entry["clip_skip"]};
    options.chunks.emphasis = prompt::parse_emphasis(entry["emphasis"].get<std::string>());
    const std::string name = entry["tensor"];
    const auto encoded = encode_texts(model, std::vector<std::string>{entry["text"]}, options);
    EXPECT_TRUE(tests::close_to(encoded.front().context, golden.tensor(name), 2e-5)) << name;
    EXPECT_FALSE(encoded.front().vector.defined());
    ++cases;
  }
  EXPECT_EQ(cases, 4);
}

TEST(SdxlConditioning, MatchesTheOriginalInContextAndVector) {
  const auto model = models::load_stable_diffusion(io::TensorFile::open(tests::tiny_model("tiny-sdxl")), {});
  const auto golden = io::TensorFile::open(tests::golden_path("components/sdxl_conditioning.safetensors"));
  const auto description = tests::golden_json("components/sdxl_conditioning.json");
  for (const auto& entry : description["cases"]) {
    const nlohmann::json& settings = entry["options"];
    ConditioningOptions options{.chunks = {},
                                .clip_skip = settings.value("CLIP_stop_at_last_layers", 1),
                                .clip_skip_for_sdxl = settings.value("sdxl_clip_l_skip", false),
                                .zeroes_empty_texts = entry["is_negative_prompt"],
                                .frame = {.width = entry["width"],
                                          .height = entry["height"],
                                          .crop_top = settings.value("sdxl_crop_top", 0),
                                          .crop_left = settings.value("sdxl_crop_left", 0)}};
    options.chunks.emphasis = prompt::parse_emphasis(settings.value("emphasis", "Original"));
    const std::string name = entry["tensor"];
    const auto encoded = encode_texts(model, std::vector<std::string>{entry["text"]}, options).front();
    const at::Tensor expected = golden.tensor(name + ".crossattn");
    // Zeros have no size to be relative to.
    const bool is_zero = expected.abs().max().item<float>() == 0;
    EXPECT_TRUE(is_zero ? encoded.context.equal(expected) : bool(tests::close_to(encoded.context, expected, 2e-5)))
        << name;
    EXPECT_TRUE(tests::close_to(encoded.vector, golden.tensor(name + ".vector"), 2e-4)) << name;
  }
}

TEST_F(Conditioning, EncodesTheTextsOfAScheduleTogetherAndEquallyLong) {
  const std::vector<std::string> texts = {"a cat", "a cat BREAK on a mat"};
  const auto contexts = encode_texts(model_, texts, {});
  EXPECT_EQ(contexts[0].context.size(1), 154);
  EXPECT_EQ(contexts[1].context.size(1), 154);
  EXPECT_TRUE(tests::close_to(contexts[0].context.narrow(1, 77, 77), encode(""), 2e-5));
}

TEST_F(Conditioning, FindsTheContextOfACall) {
  const PartConditioning part{.weight = 1,
                              .schedule = {{.last_call = 4, .conditioning = {.context = at::zeros({1, 77, 1})}},
                                           {.last_call = 8, .conditioning = {.context = at::ones({1, 77, 1})}}}};
  EXPECT_EQ(part.at_call(4).context[0][0][0].item<float>(), 0);
  EXPECT_EQ(part.at_call(5).context[0][0][0].item<float>(), 1);
  EXPECT_EQ(part.at_call(100).context[0][0][0].item<float>(), 1);
}

TEST_F(Conditioning, PlansPartsWithTheirWeights) {
  const auto plan = prompt::plan_prompt("a cat AND a dog:0.5", {});
  const auto parts = encode_plan(model_, plan, {});
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].weight, 1);
  EXPECT_EQ(parts[1].weight, 0.5);
}

TEST_F(Conditioning, RefusesPromptsThatWouldTakeTooLong) {
  const auto refuses = [&](const std::string& text, int steps = 20) {
    EXPECT_THROW(encode_plan(model_, prompt::plan_prompt(text, {.schedule = {.steps = steps}}), {}), Error)
        << text.substr(0, 40);
  };
  std::string chunks = "a", parts = "a", changes = "a";
  for (int i = 0; i < 256; ++i) chunks += " BREAK a";
  for (int i = 0; i < 64; ++i) parts += " AND a";
  for (int i = 0; i < 20; ++i) changes += " BREAK a";
  refuses(chunks);
  refuses(parts);
  refuses(changes + " [a|b]", 150);
}

TEST(PadToEqualLength, RepeatsTheEmptyContext) {
  at::Tensor a = at::zeros({1, 154, 2}), b = at::zeros({1, 77, 2});
  pad_to_equal_length(a, b, at::ones({1, 77, 2}));
  EXPECT_EQ(a.size(1), 154);
  ASSERT_EQ(b.size(1), 154);
  EXPECT_EQ(b.narrow(1, 77, 77).min().item<float>(), 1);
  EXPECT_EQ(b.narrow(1, 0, 77).max().item<float>(), 0);
}

}  // namespace
}  // namespace fude::pipelines
