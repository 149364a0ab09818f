#include "nn/layers.h"

#include <utility>

#include "ops/normalization.h"
#include "weights/travelling_weights.h"

namespace fude::nn {

namespace {

constexpr int64_t kNormGroups = 32;
constexpr double kLayerNormEps = 1e-5;

// Convolutions run channels-last, and a weight in that order is not reordered at each call. A weight that is being
// trained stays as its owner laid it out.
at::Tensor channels_last_unless_trained(const at::Tensor& weight) {
  if (weight.requires_grad()) return weight;
  return weight.contiguous(weight.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
}

bool is_packed(const weights::WeightLayout& layout) {
  return !layout.travelling && ops::packs(layout.type, layout.device);
}

// In RAM, in the type and order that `layout` asks for on the device.
at::Tensor prepared_to_travel(const at::Tensor& tensor, const weights::WeightLayout& layout) {
  return weights::WeightLayout{.type = layout.type}.prepare(tensor);
}

void fetch_from(ops::LinearWeights& kept, weights::TravellingWeights::Supply supply, const at::TensorOptions&) {
  kept.fetch_weight(std::move(supply));
}

void fetch_from(ops::ConvWeights& kept, weights::TravellingWeights::Supply supply, const at::TensorOptions& options) {
  kept.fetch_weight(std::move(supply), options);
}

// Where a memory plan says; else packed where the processor has kernels for that; else a tensor of the type and on the
// device that are asked for.
template <typename Weights>
weights::WeightKeeper keeper_of(const std::shared_ptr<Weights>& kept, Rounding rounding) {
  return [kept, rounding](const at::Tensor& tensor, const std::optional<weights::WeightLayout>& layout) {
    if (!layout) return kept->hold_weight(channels_last_unless_trained(tensor));
    if (layout->travelling) {
      return fetch_from(*kept, layout->travelling->board(prepared_to_travel(tensor, *layout)),
                        at::TensorOptions(layout->type).device(layout->device));
    }
    const bool is_int8 = layout->wants_int8 && rounding == Rounding::kMayBeEightBit;
    const ops::ProductKind kind = is_int8 ? ops::ProductKind::kEightBit : ops::ProductKind::kExact;
    if (is_packed(*layout)) return kept->pack_weight(tensor, layout->type, kind);
    kept->hold_weight(layout->prepare(tensor));
  };
}

// A bias beside packed weights keeps all its digits: it is added to sums in fp32.
template <typename Weights>
weights::WeightKeeper bias_keeper_of(const std::shared_ptr<Weights>& kept) {
  return [kept](const at::Tensor& tensor, const std::optional<weights::WeightLayout>& layout) {
    kept->hold_bias(layout && !is_packed(*layout) ? layout->prepare(tensor) : tensor);
  };
}

// A norm's factors stay in fp32 on the CPU, whose kernels read them so: all digits, and no conversion at each call.
// What patches them writes into the tensor that is given out.
at::Tensor norm_factors(const weights::WeightView& w, std::string_view name, int64_t count) {
  const auto kept = std::make_shared<at::Tensor>();
  w.keep(name, {count}, [kept](const at::Tensor& tensor, const std::optional<weights::WeightLayout>& layout) {
    if (!layout) {
      *kept = tensor;
      return;
    }
    weights::WeightLayout exact = *layout;
    if (exact.device.is_cpu()) exact.type = at::kFloat;
    if (kept->defined()) {
      const at::InferenceMode writes_anything;
      kept->copy_(exact.prepare(tensor));
    } else {
      *kept = exact.prepare(tensor).clone();
    }
  });
  return *kept;
}

}  // namespace

Linear::Linear(const weights::WeightView& w, int64_t in, int64_t out, const Options& options)
    : weights_(std::make_shared<ops::LinearWeights>(options.gate)) {
  w.keep("weight", {out, in}, keeper_of(weights_, options.rounding));
  if (options.has_bias) w.keep("bias", {out}, bias_keeper_of(weights_));
}

at::Tensor Linear::forward(const at::Tensor& x, const ops::LinearFinish& finish) const {
  return weights_->forward(x, finish);
}

Conv2d::Conv2d(const weights::WeightView& w, int64_t in, int64_t out, ConvShape shape, bool has_bias)
    : weights_(std::make_shared<ops::ConvWeights>(ops::ConvOptions{.stride = shape.stride, .padding = shape.padding})) {
  w.keep("weight", {out, in, shape.kernel, shape.kernel}, keeper_of(weights_, shape.rounding));
  if (has_bias) w.keep("bias", {out}, bias_keeper_of(weights_));
}

at::Tensor Conv2d::forward(const at::Tensor& x, const ops::ConvFinish& finish) const {
  return weights_->forward(x, finish);
}

at::Tensor Conv2d::forward_enlarged(const at::Tensor& x) const { return weights_->forward_enlarged(x); }

GroupNorm::GroupNorm(const weights::WeightView& w, int64_t channels, double eps)
    : weight(norm_factors(w, "weight", channels)), bias(norm_factors(w, "bias", channels)), eps(eps) {}

at::Tensor GroupNorm::forward(const at::Tensor& x) const { return ops::group_norm(x, kNormGroups, weight, bias, eps); }

at::Tensor GroupNorm::forward_silu(const at::Tensor& x) const {
  return ops::group_norm_silu(x, kNormGroups, weight, bias, eps);
}

LayerNorm::LayerNorm(const weights::WeightView& w, int64_t width)
    : weight(norm_factors(w, "weight", width)), bias(norm_factors(w, "bias", width)) {}

at::Tensor LayerNorm::forward(const at::Tensor& x) const { return ops::layer_norm(x, weight, bias, kLayerNormEps); }

Embedding::Embedding(const weights::WeightView& w, int64_t count, int64_t width) : table_(std::make_shared<Table>()) {
  const auto keeper = [table = table_](const at::Tensor& tensor, const std::optional<weights::WeightLayout>& layout) {
    const bool stays = !layout || (layout->device.is_cpu() &&
                                   c10::elementSize(tensor.scalar_type()) <= c10::elementSize(layout->type));
    table->rows = stays ? tensor : layout->prepare(tensor);
    table->type = layout ? layout->type : tensor.scalar_type();
  };
  w.keep("weight", {count, width}, keeper);
}

at::Tensor Embedding::forward(const at::Tensor& ids) const { return at::embedding(table_->rows, ids).to(table_->type); }

}  // namespace fude::nn
