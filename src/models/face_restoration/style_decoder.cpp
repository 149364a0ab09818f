#include "models/face_restoration/style_decoder.h"

#include <cmath>
#include <string>
#include <utility>

#include "ops/elementwise.h"
#include "ops/resize.h"
#include "weights/made_weights.h"

namespace fude::models {
namespace {

constexpr double kSlope = 0.2;
constexpr double kDemodulationEps = 1e-8;
constexpr int64_t kFirstSide = 4;

// Layers' weights are stored with a first dimension of 1.
at::Tensor kernel_of(const weights::WeightView& w, const ModulatedConv::Shape& shape) {
  return w.take("weight", {1, shape.out, shape.in, shape.kernel, shape.kernel}).squeeze(0);
}

nn::Conv2d conv_with(const at::Tensor& kernel, const ModulatedConv::Shape& shape) {
  weights::MadeWeights made({.type = kernel.scalar_type(), .device = kernel.device()});
  made.add("weight", kernel);
  return nn::Conv2d(weights::WeightView(made), shape.in, shape.out,
                    {.kernel = shape.kernel, .stride = 1, .padding = shape.kernel / 2}, /*has_bias=*/false);
}

at::Tensor doubled(const at::Tensor& x) { return ops::resize_bilinear(x, 2 * x.size(2), 2 * x.size(3)); }

// Layer 0 works on 4x4 pixels, then two on each doubling.
at::Tensor noise_of(const weights::WeightView& w, int64_t layer) {
  const int64_t side = kFirstSide << ((layer + 1) / 2);
  return (w / "noises").take("noise" + std::to_string(layer), {1, 1, side, side});
}

}  // namespace

ModulatedConv::ModulatedConv(const weights::WeightView& w, const Shape& shape)
    : modulation_(w / "modulation", shape.style, shape.in), conv_(conv_with(kernel_of(w, shape), shape)) {
  if (shape.is_demodulated) squares_ = kernel_of(w, shape).square().sum({2, 3});
}

at::Tensor ModulatedConv::forward(const at::Tensor& x, const at::Tensor& style) const {
  const at::Tensor factors = modulation_.forward(style);  // [1,in]
  const at::Tensor h = conv_.forward((x * factors.view({1, -1, 1, 1})).contiguous(at::MemoryFormat::ChannelsLast));
  if (!squares_.defined()) return h;
  const at::Tensor spread = at::rsqrt((squares_ * factors.square()).sum(1) + kDemodulationEps);
  return h * spread.view({1, -1, 1, 1});
}

StyleLayer::StyleLayer(const weights::WeightView& w, const ModulatedConv::Shape& shape, at::Tensor noise)
    : conv_(w / "modulated_conv", shape),
      noise_(noise * w.take("weight", {1})),
      bias_(w.take("bias", {1, shape.out, 1, 1})) {}

at::Tensor StyleLayer::forward(const at::Tensor& x, const at::Tensor& style) const {
  return ops::leaky_relu(conv_.forward(x, style) * std::sqrt(2.0) + noise_ + bias_, kSlope);
}

StyleColours::StyleColours(const weights::WeightView& w, int64_t in, int64_t style)
    : conv_(w / "modulated_conv", {.in = in, .out = 3, .kernel = 1, .style = style, .is_demodulated = false}),
      bias_(w.take("bias", {1, 3, 1, 1})) {}

at::Tensor StyleColours::forward(const at::Tensor& x, const at::Tensor& style, const at::Tensor& coarse) const {
  const at::Tensor colours = conv_.forward(x, style) + bias_;
  return coarse.defined() ? colours + doubled(coarse) : colours;
}

StyleDecoder::StyleDecoder(const weights::WeightView& w, const std::vector<int64_t>& widths, int64_t style)
    : start_((w / "constant_input").take("weight", {1, widths.front(), kFirstSide, kFirstSide})),
      first_(w / "style_conv1", {.in = widths.front(), .out = widths.front(), .style = style}, noise_of(w, 0)),
      first_colours_(w / "to_rgb1", widths.front(), style) {
  for (std::size_t i = 1; i < widths.size(); ++i) {
    const auto level = static_cast<int64_t>(i) - 1;
    const weights::WeightView convs = w / "style_convs";
    levels_.push_back(
        {.enlarging = StyleLayer(convs / (2 * level), {.in = widths[i - 1], .out = widths[i], .style = style},
                                 noise_of(w, 2 * level + 1)),
         .keeping = StyleLayer(convs / (2 * level + 1), {.in = widths[i], .out = widths[i], .style = style},
                               noise_of(w, 2 * level + 2)),
         .colours = StyleColours(w / "to_rgbs" / level, widths[i], style)});
  }
}

at::Tensor StyleDecoder::forward(const at::Tensor& styles, const std::vector<StyleCondition>& conditions) const {
  const auto style = [&](std::size_t place) { return styles.select(1, static_cast<int64_t>(place)); };
  at::Tensor h = first_.forward(start_, style(0));
  at::Tensor colours = first_colours_.forward(h, style(1), {});
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const std::size_t place = 2 * i + 1;  // a level's last style is the next one's first
    h = levels_[i].enlarging.forward(doubled(h), style(place));
    const std::vector<at::Tensor> halves = h.chunk(2, 1);
    h = at::cat({halves[0], halves[1] * conditions[i].scale + conditions[i].shift}, 1);
    h = levels_[i].keeping.forward(h, style(place + 1));
    colours = levels_[i].colours.forward(h, style(place + 2), colours);
  }
  return colours;
}

}  // namespace fude::models
