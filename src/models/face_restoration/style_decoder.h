#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "nn/layers.h"
#include "weights/weight_view.h"

/// The generator of StyleGAN2 (Karras et al. 2020, arXiv:1912.04958) without its filters, as GFPGAN has it.
namespace fude::models {

/// A convolution whose inputs are weighed by a style, and whose outputs are brought back to unit spread by the weights
/// that result (section 2.2).
class ModulatedConv {
 public:
  struct Shape {
    int64_t in = 0, out = 0;
    int64_t kernel = 3;
    int64_t style = 512;
    bool is_demodulated = true;
  };
  ModulatedConv(const weights::WeightView& w, const Shape& shape);

  /// x [1,in,H,W], style [1,style] -> [1,out,H,W].
  at::Tensor forward(const at::Tensor& x, const at::Tensor& style) const;

 private:
  nn::Linear modulation_;
  nn::Conv2d conv_;
  at::Tensor squares_;  // [out,in], the sums of the kernels' squares; undefined: not demodulated
};

/// One layer: a modulated convolution, noise, a bias, a leaky ReLU.
class StyleLayer {
 public:
  /// `noise`: [1,1,H,W] of the layer, as the file keeps it.
  StyleLayer(const weights::WeightView& w, const ModulatedConv::Shape& shape, at::Tensor noise);

  at::Tensor forward(const at::Tensor& x, const at::Tensor& style) const;

 private:
  ModulatedConv conv_;
  at::Tensor noise_;  // times its strength
  at::Tensor bias_;   // [1,out,1,1]
};

/// Features as colours, added to those of the map half as large.
class StyleColours {
 public:
  StyleColours(const weights::WeightView& w, int64_t in, int64_t style);

  /// x [1,in,H,W], style [1,style], coarse [1,3,H/2,W/2] or undefined -> [1,3,H,W].
  at::Tensor forward(const at::Tensor& x, const at::Tensor& style, const at::Tensor& coarse) const;

 private:
  ModulatedConv conv_;
  at::Tensor bias_;  // [1,3,1,1]
};

/// Scale and shift for the second half of a level's channels (Wang et al. 2018, arXiv:1804.02815), each [1,C/2,H,W].
struct StyleCondition {
  at::Tensor scale, shift;
};

class StyleDecoder {
 public:
  /// `widths`: channels of the maps of 4, 8, .. pixels a side.
  StyleDecoder(const weights::WeightView& w, const std::vector<int64_t>& widths, int64_t style);

  /// styles [1,2*levels,style], one condition for each level after the first -> [1,3,S,S], about in [-1,1].
  at::Tensor forward(const at::Tensor& styles, const std::vector<StyleCondition>& conditions) const;

 private:
  struct Level {
    StyleLayer enlarging, keeping;
    StyleColours colours;
  };

  at::Tensor start_;  // [1,C,4,4]
  StyleLayer first_;
  StyleColours first_colours_;
  std::vector<Level> levels_;
};

}  // namespace fude::models
