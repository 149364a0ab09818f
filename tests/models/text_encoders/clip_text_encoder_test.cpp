#include "models/text_encoders/clip_text_encoder.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "io/tensor_file.h"
#include "tests/support/golden.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

constexpr double kTolerance = 2e-5;

ClipTextEncoder load_text_encoder(const std::string& model) {
  weights::StateDict weights(io::TensorFile::open(tests::tiny_model(model)), at::kFloat);
  const auto index = weights::sub_index(weights::index_of(weights.file()), "cond_stage_model.transformer.text_model.");
  return ClipTextEncoder(weights.root() / "cond_stage_model" / "transformer" / "text_model",
                         infer_clip_text_config(index));
}

TEST(ClipTextEncoder, MatchesEveryHiddenStateOfTheOriginal) {
  const auto golden = io::TensorFile::open(tests::golden_path("components/text_encoder.safetensors"));
  const ClipTextEncoder encoder = load_text_encoder("micro-sd1");
  const at::Tensor ids = golden.tensor("micro.ids").to(at::kLong);
  const auto states = encoder.hidden_states(ids);
  const at::Tensor expected = golden.tensor("micro.hidden_states");
  ASSERT_EQ(static_cast<int64_t>(states.size()), expected.size(0));
  for (std::size_t i = 0; i < states.size(); ++i) {
    EXPECT_TRUE(tests::close_to(states[i][0], expected[static_cast<int64_t>(i)], kTolerance)) << "layer " << i;
  }
  const at::Tensor last = encoder.encode(ids, /*clip_skip=*/1);
  EXPECT_TRUE(tests::close_to(last, golden.tensor("micro.last_hidden_state"), kTolerance));
  EXPECT_TRUE(tests::close_to(ClipTextEncoder::pooled(last, ids), golden.tensor("micro.pooler_output"), kTolerance));
}

TEST(ClipTextEncoder, SkipsLayersFromTheEndAndStopsAtTheEmbeddings) {
  const ClipTextEncoder encoder = load_text_encoder("micro-sd1");
  const at::Tensor ids = at::full({1, 77}, 320, at::kLong);
  const auto states = encoder.hidden_states(ids);
  EXPECT_TRUE(encoder.encode(ids, 2).equal(encoder.final_norm(states[states.size() - 2])));
  EXPECT_TRUE(encoder.encode(ids, 12).equal(encoder.final_norm(states.front())));
}

TEST(InferClipTextConfig, GivesANarrowEncoderOneHead) {
  const auto index = weights::index_of(io::TensorFile::open(tests::tiny_model("micro-sd1")));
  const auto config = infer_clip_text_config(weights::sub_index(index, "cond_stage_model.transformer.text_model."));
  EXPECT_EQ(config.width, 8);
  EXPECT_EQ(config.heads, 1);
  EXPECT_EQ(config.layers, 2);
  EXPECT_EQ(config.vocabulary, 49408);
}

TEST(InferClipTextConfig, RejectsAnEncoderWithoutLayers) {
  const weights::TensorIndex index = {{"embeddings.token_embedding.weight", {49408, 64}},
                                      {"embeddings.position_embedding.weight", {77, 64}}};
  EXPECT_THROW(infer_clip_text_config(index), Error);
}

}  // namespace
}  // namespace fude::models
