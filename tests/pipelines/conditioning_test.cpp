#include "pipelines/conditioning.h"

#include <gtest/gtest.h>

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
    return encode_texts(model_.text_encoder, std::vector<std::string>{text}, options).front();
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

TEST_F(Conditioning, EncodesTheTextsOfAScheduleTogetherAndEquallyLong) {
  const std::vector<std::string> texts = {"a cat", "a cat BREAK on a mat"};
  const auto contexts = encode_texts(model_.text_encoder, texts, {});
  EXPECT_EQ(contexts[0].size(1), 154);
  EXPECT_EQ(contexts[1].size(1), 154);
  EXPECT_TRUE(tests::close_to(contexts[0].narrow(1, 77, 77), encode(""), 2e-5));
}

TEST_F(Conditioning, FindsTheContextOfACall) {
  const PartContext part{.weight = 1,
                         .schedule = {{.last_call = 4, .context = at::zeros({1, 77, 1})},
                                      {.last_call = 8, .context = at::ones({1, 77, 1})}}};
  EXPECT_EQ(part.at_call(4)[0][0][0].item<float>(), 0);
  EXPECT_EQ(part.at_call(5)[0][0][0].item<float>(), 1);
  EXPECT_EQ(part.at_call(100)[0][0][0].item<float>(), 1);
}

TEST_F(Conditioning, PlansPartsWithTheirWeights) {
  const auto plan = prompt::plan_prompt("a cat AND a dog:0.5", {});
  const auto parts = encode_plan(model_.text_encoder, plan, {});
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].weight, 1);
  EXPECT_EQ(parts[1].weight, 0.5);
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
