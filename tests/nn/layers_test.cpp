#include "nn/layers.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "weights/state_dict.h"

namespace fude::nn {
namespace {

/// Weights that count up, by name; remembers which were asked for in which shape.
class CountingSource : public weights::TensorSource {
 public:
  at::Tensor take(const std::string& key, at::IntArrayRef shape) override {
    const at::Tensor tensor = at::arange(c10::multiply_integers(shape), at::kFloat).view(shape) / 10;
    taken_.emplace(key, tensor);
    return tensor;
  }

  const at::Tensor& operator[](const std::string& key) const { return taken_.at(key); }
  std::size_t count() const { return taken_.size(); }
  weights::WeightView view() { return weights::WeightView(*this, "net."); }

 private:
  std::map<std::string, at::Tensor> taken_;
};

TEST(Linear, TakesWeightAndBiasInTheirShapes) {
  CountingSource source;
  const Linear layer(source.view() / "fc", 3, 2);
  const at::Tensor x = at::ones({4, 3});
  EXPECT_EQ(source["net.fc.weight"].sizes(), (at::IntArrayRef{2, 3}));
  EXPECT_TRUE(tests::close_to(layer.forward(x), at::linear(x, source["net.fc.weight"], source["net.fc.bias"]), 1e-6));
}

TEST(Linear, AsksForNoBiasWhenItHasNone) {
  CountingSource source;
  const Linear layer(source.view(), 3, 2, /*has_bias=*/false);
  EXPECT_EQ(source.count(), 1U);
  EXPECT_TRUE(layer.forward(at::zeros({1, 3})).equal(at::zeros({1, 2})));
}

TEST(Conv2d, KeepsTheSizeUnlessToldOtherwise) {
  CountingSource source;
  const Conv2d layer(source.view() / "a", 2, 3), pointwise(source.view() / "b", 2, 3, kPointwise);
  const Conv2d halving(source.view() / "c", 2, 3, {.kernel = 3, .stride = 2, .padding = 1});
  const at::Tensor x = at::ones({1, 2, 6, 4});
  EXPECT_EQ(layer.forward(x).sizes(), (at::IntArrayRef{1, 3, 6, 4}));
  EXPECT_EQ(pointwise.forward(x).sizes(), (at::IntArrayRef{1, 3, 6, 4}));
  EXPECT_EQ(halving.forward(x).sizes(), (at::IntArrayRef{1, 3, 3, 2}));
  EXPECT_EQ(source["net.b.weight"].sizes(), (at::IntArrayRef{3, 2, 1, 1}));
}

TEST(GroupNorm, HasThirtyTwoGroupsAndItsOwnEpsilon) {
  CountingSource source;
  const GroupNorm norm(source.view(), 64, 0.5);
  const at::Tensor x = at::sin(at::arange(64 * 4, at::kFloat)).view({1, 64, 2, 2});
  const at::Tensor expected = at::group_norm(x, 32, source["net.weight"], source["net.bias"], 0.5);
  EXPECT_TRUE(tests::close_to(norm.forward(x), expected, 1e-5));
  EXPECT_TRUE(tests::close_to(norm.forward_silu(x), at::silu(expected), 1e-5));
}

TEST(LayerNorm, NormalisesItsWidth) {
  CountingSource source;
  const LayerNorm norm(source.view(), 64);
  const at::Tensor x = at::sin(at::arange(2 * 64, at::kFloat)).view({2, 64});
  const at::Tensor expected = at::layer_norm(x, {64}, source["net.weight"], source["net.bias"], 1e-5);
  EXPECT_TRUE(tests::close_to(norm.forward(x), expected, 1e-5));
}

TEST(Embedding, PicksRows) {
  CountingSource source;
  const Embedding table(source.view(), 5, 3);
  const at::Tensor rows = table.forward(at::tensor({4, 0, 4}, at::kLong).view({1, 3}));
  EXPECT_EQ(rows.sizes(), (at::IntArrayRef{1, 3, 3}));
  EXPECT_TRUE(rows[0][0].equal(source["net.weight"][4]));
  EXPECT_TRUE(rows[0][1].equal(source["net.weight"][0]));
}

TEST(Embedding, ConvertsTheRowsOfAFileAndFollowsPatches) {
  const tests::TemporaryFolder folder;
  const at::Tensor stored = (at::arange(15, at::kFloat).view({5, 3}) / 7).to(at::kHalf);
  io::write_safetensors(folder / "table.safetensors", {{"table.weight", stored}});
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    weights::StateDict source(io::TensorFile::open(folder / "table.safetensors"), type);
    const Embedding table(source.root() / "table", 5, 3);
    const auto row = [&] { return table.forward(at::tensor({4}, at::kLong)); };
    EXPECT_TRUE(at::equal(row(), stored.narrow(0, 4, 1).to(type)));

    weights::LiveWeights live = source.live(std::array<std::string_view, 1>{""});
    const auto add_one = [](at::Tensor weight) { return weight.add_(1); };
    live.set_patches({{"table.weight", {weights::WeightPatch{.id = "one", .apply = add_one}}}});
    EXPECT_TRUE(at::equal(row(), (stored.narrow(0, 4, 1).to(at::kFloat) + 1).to(type)));
    live.set_patches({});
    EXPECT_TRUE(at::equal(row(), stored.narrow(0, 4, 1).to(type)));
  }
}

TEST(WeightView, JoinsNamesAndNumbersWithDots) {
  CountingSource source;
  (weights::WeightView(source) / "blocks" / 3 / "attn").take("to_q.weight", {1});
  EXPECT_NO_THROW(source["blocks.3.attn.to_q.weight"]);
}

}  // namespace
}  // namespace fude::nn
