#include "nn/context_memory.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "nn/transformer.h"
#include "weights/weight_view.h"

namespace fude::nn {
namespace {

/// Random tensors that can be changed afterwards, as patches change those of a model.
class PatchableSource : public weights::TensorSource {
 public:
  at::Tensor take(const std::string&, at::IntArrayRef shape) override { return at::randn(shape) * 0.3; }
  void keep(const std::string& key, at::IntArrayRef shape, weights::WeightKeeper keeper) override {
    keeper(take(key, shape), weights::WeightLayout{});
    keepers_.emplace_back(shape.vec(), std::move(keeper));
  }
  void change_all() {
    for (const auto& [shape, keeper] : keepers_) keeper(at::randn(shape), weights::WeightLayout{});
  }

 private:
  std::vector<std::pair<std::vector<std::int64_t>, weights::WeightKeeper>> keepers_;
};

class KeptContexts : public ::testing::Test {
 protected:
  KeptContexts() { at::manual_seed(1); }

  PatchableSource source_;
  Linear layer_{weights::WeightView(source_), 6, 8};
  at::Tensor context_ = at::randn({2, 7, 6});
  ContextMemory memory_;
};

TEST_F(KeptContexts, GiveWhatTheLayerMakesOnce) {
  KeptContext* kept = memory_.find_or_add(context_);
  const at::Tensor made = kept->through(layer_);
  EXPECT_TRUE(made.equal(layer_.forward(context_)));
  EXPECT_EQ(memory_.find_or_add(context_.clone()), kept);
  EXPECT_TRUE(kept->through(layer_).is_same(made));
}

TEST_F(KeptContexts, AreNotMistakenForOthers) {
  KeptContext* kept = memory_.find_or_add(context_);
  at::Tensor other = context_.clone();
  other[1][6][5] += 1e-6;
  EXPECT_NE(memory_.find_or_add(other), kept);
  EXPECT_NE(memory_.find_or_add(context_.narrow(0, 0, 1)), kept);
  EXPECT_NE(memory_.find_or_add(context_.to(at::kBFloat16)), kept);
  EXPECT_EQ(memory_.find_or_add(context_), kept);
}

TEST_F(KeptContexts, NoticeThatTheCallerWroteIntoItsTensor) {
  memory_.find_or_add(context_)->through(layer_);
  context_.mul_(2);
  EXPECT_TRUE(memory_.find_or_add(context_)->through(layer_).equal(layer_.forward(context_)));
}

TEST_F(KeptContexts, NoticeChangedWeights) {
  KeptContext* kept = memory_.find_or_add(context_);
  const at::Tensor before = kept->through(layer_).clone();
  source_.change_all();
  EXPECT_FALSE(kept->through(layer_).equal(before));
  EXPECT_TRUE(kept->through(layer_).equal(layer_.forward(context_)));
}

TEST_F(KeptContexts, ForgetTheOneThatWasNotAskedForLongest) {
  std::vector<at::Tensor> contexts;
  for (std::size_t i = 0; i < ContextMemory::kContexts; ++i) contexts.push_back(at::randn({1, 3, 6}));
  for (const at::Tensor& context : contexts) memory_.find_or_add(context)->through(layer_);
  KeptContext* first = memory_.find_or_add(contexts[0]);
  const at::Tensor made = first->through(layer_);
  memory_.find_or_add(at::randn({1, 3, 6}));
  EXPECT_EQ(memory_.find_or_add(contexts[0]), first);
  EXPECT_TRUE(first->through(layer_).is_same(made));
}

TEST_F(KeptContexts, ChangeNothingInABlock) {
  const TransformerBlock block(weights::WeightView(source_), 8, 6, 2);
  const at::Tensor x = at::randn({2, 5, 8});
  const at::Tensor plain = block.forward(x, context_);
  for (int step = 0; step < 2; ++step) {
    const AttentionPlace place{.height = 1, .width = 5, .context = memory_.find_or_add(context_)};
    EXPECT_TRUE(block.forward(x, context_, nullptr, place).equal(plain));
  }
}

}  // namespace
}  // namespace fude::nn
