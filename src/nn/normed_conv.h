#pragma once

#include <ATen/ATen.h>

#include "nn/layers.h"
#include "weights/weight_view.h"

namespace fude::nn {

/// Batch normalisation (arXiv:1502.03167) with the mean and variance of training: scale * x + shift, [C], fp32.
struct BatchNormLine {
  at::Tensor scale, shift;

  BatchNormLine(const weights::WeightView& w, int64_t channels);
};

/// A convolution without bias and the batch normalisation after it, as one convolution. `conv` and `norm` are the
/// places of both.
Conv2d normed_conv(const weights::WeightView& conv, const weights::WeightView& norm, int64_t in, int64_t out,
                   ConvShape shape = {});

}  // namespace fude::nn
