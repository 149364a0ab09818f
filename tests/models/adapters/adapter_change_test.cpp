#include "models/adapters/adapter_change.h"

#include <gtest/gtest.h>

#include "io/safetensors_writer.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

/// Families of which no recorded numbers exist, against their formulas written out by element.
class AdapterChange : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  at::Tensor weight_;

  void SetUp() override {
    at::manual_seed(1);
    weight_ = at::randn({8, 6});
  }

  at::Tensor change(const std::map<std::string, at::Tensor>& parts, double multiplier = 1) const {
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [part, tensor] : parts) tensors.emplace("lora_unet_x." + part, tensor.contiguous());
    const auto path = folder_ / "adapter.safetensors";
    io::write_safetensors(path, tensors);
    const auto file = io::TensorFile::open(path);
    const AdapterLayout layout = read_adapter_layout(weights::index_of(file));
    EXPECT_EQ(misfit(layout.modules.at(0), std::vector<int64_t>(weight_.sizes().begin(), weight_.sizes().end())), "");
    return changed_weight(layout.modules.at(0), file, weight_.clone(), {.multiplier = multiplier});
  }
};

at::Tensor cayley(const at::Tensor& block) {
  const at::Tensor skew = block - block.t(), one = at::eye(block.size(0));
  return at::mm(one + skew, at::linalg_inv(one - skew));
}

TEST_F(AdapterChange, OfGloraInEitherOrderOfFactors) {
  const at::Tensor out_in = at::randn({6, 2}), in_out = at::randn({2, 6}), b_out = at::randn({8, 2}),
                   b_in = at::randn({2, 6});
  const at::Tensor expected = weight_ + 0.5 * (at::mm(b_out, b_in) + at::mm(at::mm(weight_, out_in), in_out)) * 2;
  const at::Tensor alpha = at::full({}, 1.0F);  // rank 2: scale 1/2
  EXPECT_TRUE(tests::close_to(
      change(
          {{"a1.weight", in_out}, {"a2.weight", out_in}, {"b1.weight", b_in}, {"b2.weight", b_out}, {"alpha", alpha}},
          2),
      expected, 1e-5));
  EXPECT_TRUE(tests::close_to(
      change(
          {{"a1.weight", out_in}, {"a2.weight", in_out}, {"b1.weight", b_out}, {"b2.weight", b_in}, {"alpha", alpha}},
          2),
      expected, 1e-5));
}

TEST_F(AdapterChange, OfOftTurnsBlocksOfRows) {
  const at::Tensor blocks = at::randn({2, 4, 4}) * 0.3;
  at::Tensor expected = weight_.clone();
  for (int64_t k = 0; k < 2; ++k) {
    expected.narrow(0, 4 * k, 4).copy_(at::mm(cayley(blocks[k]).t(), weight_.narrow(0, 4 * k, 4)));
  }
  EXPECT_TRUE(tests::close_to(change({{"oft_blocks", blocks}}), expected, 1e-5));
  EXPECT_TRUE(tests::close_to(change({{"oft_blocks", blocks}}, 0.5), weight_ + 0.5 * (expected - weight_), 1e-5));
  const at::Tensor rescale = at::rand({8, 1}) + 0.5;
  EXPECT_TRUE(tests::close_to(change({{"oft_blocks", blocks}, {"rescale", rescale}}), expected * rescale, 1e-5));
}

TEST_F(AdapterChange, OfOftKeepsTheConstraint) {
  const at::Tensor blocks = at::randn({2, 4, 4});
  const double bound = 0.01 * 8;
  const at::Tensor skew = blocks - blocks.transpose(1, 2);
  // Half of the bounded skew matrix is a block whose own skew matrix it is.
  const at::Tensor bounded = skew * (bound / skew.norm().item<double>()) / 2;
  EXPECT_TRUE(tests::close_to(change({{"oft_blocks", blocks}, {"alpha", at::full({}, 0.01F)}}),
                              change({{"oft_blocks", bounded}}), 1e-5));
}

TEST_F(AdapterChange, OfOftWithStoredRotations) {
  const at::Tensor turns = at::randn({2, 4, 4});
  const at::Tensor expected =
      at::cat({at::mm(turns[0].t(), weight_.narrow(0, 0, 4)), at::mm(turns[1].t(), weight_.narrow(0, 4, 4))});
  EXPECT_TRUE(tests::close_to(change({{"oft_diag", turns}}), expected, 1e-5));
}

TEST_F(AdapterChange, OfBoftMixesRowsAcrossBlocks) {
  const at::Tensor blocks = at::randn({2, 4, 2, 2}) * 0.3;  // 2 stages, 4 blocks of 2 rows
  at::Tensor expected = weight_.clone();
  for (int64_t stage = 0; stage < 2; ++stage) {
    // Stage i pairs rows that lie 2^i apart: (0,1)(2,3).. and then (0,2)(1,3)(4,6)(5,7).
    const int64_t apart = int64_t{1} << stage;
    const at::Tensor before = expected.clone();
    int64_t block = 0;
    for (int64_t begin = 0; begin < 8; begin += 2 * apart) {
      for (int64_t i = 0; i < apart; ++i, ++block) {
        const int64_t a = begin + i, b = a + apart;
        const at::Tensor turn = cayley(blocks[stage][block]);
        expected[a] = turn[0][0] * before[a] + turn[0][1] * before[b];
        expected[b] = turn[1][0] * before[a] + turn[1][1] * before[b];
      }
    }
  }
  EXPECT_TRUE(tests::close_to(change({{"oft_blocks", blocks}}), expected, 1e-5));
}

TEST_F(AdapterChange, OfDoraOverOutputRows) {
  const at::Tensor up = at::randn({8, 2}), down = at::randn({2, 6}), magnitude = at::rand({8, 1}) + 0.5;
  const at::Tensor sum = weight_ + at::mm(up, down);
  const at::Tensor expected = sum * magnitude / sum.norm(2, at::IntArrayRef{1}, true);
  EXPECT_TRUE(tests::close_to(change({{"lora_up.weight", up}, {"lora_down.weight", down}, {"dora_scale", magnitude}}),
                              expected, 1e-5));
  const at::Tensor as_peft_stores_it = magnitude.flatten();
  EXPECT_TRUE(tests::close_to(
      change({{"lora_up.weight", up}, {"lora_down.weight", down}, {"lora_magnitude_vector", as_peft_stores_it}}),
      expected, 1e-5));
}

TEST_F(AdapterChange, OfIa3OnAConvolutionsInput) {
  weight_ = at::randn({8, 6, 3, 3});
  const at::Tensor factors = at::randn({6});
  const at::Tensor expected = weight_ + weight_ * factors.view({1, 6, 1, 1});
  EXPECT_TRUE(tests::close_to(change({{"weight", factors}, {"on_input", at::ones({}, at::kBool)}}), expected, 1e-5));
}

TEST_F(AdapterChange, DoesNotTakeIa3FactorsForTheOtherSide) {
  const auto path = folder_ / "ia3.safetensors";
  io::write_safetensors(path,
                        {{"lora_unet_x.weight", at::ones({6})}, {"lora_unet_x.on_input", at::zeros({}, at::kBool)}});
  const auto file = io::TensorFile::open(path);
  const AdapterModule module = read_adapter_layout(weights::index_of(file)).modules.at(0);
  EXPECT_EQ(misfit_of_values(module, file, std::vector<int64_t>{8, 6}), "has 6 factors, expected 8");
  EXPECT_EQ(misfit_of_values(module, file, std::vector<int64_t>{6, 8}), "");
}

TEST_F(AdapterChange, TakesAStoredScaleBeforeAlpha) {
  const at::Tensor up = at::ones({8, 2}), down = at::ones({2, 6});
  const at::Tensor changed = change({{"lora_up.weight", up},
                                     {"lora_down.weight", down},
                                     {"alpha", at::full({}, 7, at::kLong)},
                                     {"scale", at::full({}, 0.25F)}});
  EXPECT_TRUE(tests::close_to(changed, weight_ + 0.5, 1e-5));
}

}  // namespace
}  // namespace fude::models
