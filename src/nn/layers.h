#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <memory>

#include "ops/conv_weights.h"
#include "ops/linear_weights.h"
#include "weights/weight_view.h"

/// The layers every model is made of: weights and a const forward, the same for inference and training.
namespace fude::nn {

/// Whether a layer may multiply in 8 bits where the weights' source asks for that (WeightLayout::wants_int8).
enum class Rounding {
  kNever,
  kMayBeEightBit,  // for layers whose input has many rows: rounding these must not cost more than it saves
};

class Linear {
 public:
  using Gate = ops::LinearWeights::Gate;
  struct Options {
    bool has_bias = true;
    Gate gate = Gate::kNone;  // then `out` counts both halves, and half of it comes out
    Rounding rounding = Rounding::kNever;
  };

  Linear(const weights::WeightView& w, int64_t in, int64_t out, const Options& options);
  Linear(const weights::WeightView& w, int64_t in, int64_t out, bool has_bias = true)
      : Linear(w, in, out, Options{.has_bias = has_bias}) {}
  at::Tensor forward(const at::Tensor& x, const ops::LinearFinish& finish = {}) const;

  /// A number that grows whenever the weights are changed.
  std::uint64_t changes() const { return weights_->changes(); }

 private:
  std::shared_ptr<ops::LinearWeights> weights_;  // shared with what patches them
};

struct ConvShape {
  int64_t kernel = 3;
  int64_t stride = 1;
  int64_t padding = 1;
  Rounding rounding = Rounding::kNever;
};
inline constexpr ConvShape kPointwise{.kernel = 1, .stride = 1, .padding = 0};
inline constexpr ConvShape kRoundedPointwise{
    .kernel = 1, .stride = 1, .padding = 0, .rounding = Rounding::kMayBeEightBit};

class Conv2d {
 public:
  Conv2d(const weights::WeightView& w, int64_t in, int64_t out, ConvShape shape = {}, bool has_bias = true);
  at::Tensor forward(const at::Tensor& x, const ops::ConvFinish& finish = {}) const;
  /// Of x enlarged twofold, every pixel repeated in a 2x2 block.
  at::Tensor forward_enlarged(const at::Tensor& x) const;

  /// Type and device of its weights.
  at::TensorOptions options() const { return weights_->options(); }

 private:
  std::shared_ptr<ops::ConvWeights> weights_;  // shared with what patches them
};

/// 32 groups, as in every published Stable Diffusion. eps is 1e-5 in residual blocks of the U-Net, 1e-6 elsewhere.
struct GroupNorm {
  at::Tensor weight, bias;  // [C]
  double eps;

  GroupNorm(const weights::WeightView& w, int64_t channels, double eps);
  at::Tensor forward(const at::Tensor& x) const;
  at::Tensor forward_silu(const at::Tensor& x) const;
};

struct LayerNorm {
  at::Tensor weight, bias;  // [D]

  LayerNorm(const weights::WeightView& w, int64_t width);
  at::Tensor forward(const at::Tensor& x) const;
};

/// A table of which few rows are wanted at a time: on the CPU it stays in the file, and only these are converted.
class Embedding {
 public:
  Embedding(const weights::WeightView& w, int64_t count, int64_t width);

  /// ids [..] int64 in [0, count) -> [..,D].
  at::Tensor forward(const at::Tensor& ids) const;

  at::Device device() const { return table_->rows.device(); }

 private:
  struct Table {
    at::Tensor rows;  // [count, D]
    at::ScalarType type = at::kFloat;
  };
  std::shared_ptr<Table> table_;  // shared with what patches it
};

}  // namespace fude::nn
