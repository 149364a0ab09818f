#include "weights/open_clip_names.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "tests/support/temporary_folder.h"
#include "weights/state_dict.h"

namespace fude::weights {
namespace {

TEST(OpenClipPlace, KnowsEveryTensorOfALayer) {
  const auto place = open_clip_place("encoder.layers.11.self_attn.k_proj.bias");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->key, "transformer.resblocks.11.attn.in_proj_bias");
  EXPECT_EQ(place->part, 1);
  EXPECT_EQ(place->parts, 3);
  EXPECT_EQ(open_clip_place("encoder.layers.0.mlp.fc2.weight")->key, "transformer.resblocks.0.mlp.c_proj.weight");
  EXPECT_EQ(open_clip_place("embeddings.position_embedding.weight")->key, "positional_embedding");
  EXPECT_TRUE(open_clip_place("text_projection.weight")->is_transposed);
}

TEST(OpenClipPlace, KnowsNothingElse) {
  EXPECT_FALSE(open_clip_place("encoder.layers.0"));
  EXPECT_FALSE(open_clip_place("encoder.layers.0.self_attn.qkv.weight"));
  EXPECT_FALSE(open_clip_place("embeddings.position_ids"));
}

class OpenClipFile : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;

  StateDict weights(const std::map<std::string, at::Tensor>& tensors) {
    io::write_safetensors(folder_ / "a.safetensors", tensors, {});
    return {io::TensorFile::open(folder_ / "a.safetensors"), at::kFloat};
  }
};

TEST_F(OpenClipFile, GivesEachOfQueriesKeysAndValuesItsRows) {
  const at::Tensor packed = at::arange(12, at::kFloat).view({6, 2});
  StateDict stored = weights({{"model.transformer.resblocks.0.attn.in_proj_weight", packed}});
  OpenClipSource source(stored.root() / "model");
  EXPECT_TRUE(source.take("encoder.layers.0.self_attn.q_proj.weight", {2, 2}).equal(packed.narrow(0, 0, 2)));
  EXPECT_TRUE(source.take("encoder.layers.0.self_attn.v_proj.weight", {2, 2}).equal(packed.narrow(0, 4, 2)));
  EXPECT_TRUE(stored.unclaimed("").empty());
}

TEST_F(OpenClipFile, TurnsTheProjectionRound) {
  const at::Tensor projection = at::arange(6, at::kFloat).view({2, 3});
  StateDict stored = weights({{"text_projection", projection}});
  OpenClipSource source(stored.root());
  EXPECT_TRUE(source.take("text_projection.weight", {3, 2}).equal(projection.t()));
}

TEST_F(OpenClipFile, RefusesAPackedMatrixOfAnotherShape) {
  StateDict stored = weights({{"transformer.resblocks.0.attn.in_proj_weight", at::zeros({5, 2})}});
  OpenClipSource source(stored.root());
  EXPECT_THROW(source.take("encoder.layers.0.self_attn.q_proj.weight", {2, 2}), Error);
  EXPECT_THROW(source.take("no.such.tensor", {2}), Error);
}

}  // namespace
}  // namespace fude::weights
