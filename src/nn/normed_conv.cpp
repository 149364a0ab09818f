#include "nn/normed_conv.h"

#include "weights/made_weights.h"

namespace fude::nn {
namespace {

constexpr double kNormEps = 1e-5;

}  // namespace

BatchNormLine::BatchNormLine(const weights::WeightView& w, int64_t channels) {
  const auto number = [&](const char* name) { return w.take(name, {channels}).to(at::kFloat); };
  scale = number("weight") / at::sqrt(number("running_var") + kNormEps);
  shift = number("bias") - number("running_mean") * scale;
}

Conv2d normed_conv(const weights::WeightView& conv, const weights::WeightView& norm, int64_t in, int64_t out,
                   ConvShape shape) {
  const at::Tensor stored = conv.take("weight", {out, in, shape.kernel, shape.kernel});
  const BatchNormLine line(norm, out);
  weights::MadeWeights made({.type = stored.scalar_type(), .device = stored.device()});
  made.add("weight", stored.to(at::kFloat) * line.scale.view({-1, 1, 1, 1}));
  made.add("bias", line.shift);
  return Conv2d(weights::WeightView(made), in, out, shape);
}

}  // namespace fude::nn
