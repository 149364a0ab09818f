#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ops/cpu/aligned_buffer.h"
#include "ops/cpu/packed_matrix.h"

namespace fude::ops::cpu {

/// A convolution's sizes. The kernel is square; weights lie as files keep them, [out][in][kernel][kernel].
struct ConvolutionShape {
  std::int64_t in = 0, out = 0;  // channels
  std::int64_t kernel = 3, stride = 1, padding = 1;
};

/// A convolution's weight, packed for the way it is computed, which is up to the kernels: as one product (1x1); as a
/// sum of products of shifted pictures, or by Winograd's F(2x2, 3x3), where that saves work; else as a product over the
/// pixels under the kernel, gathered into rows.
class PackedConvolution {
 public:
  enum class Way { kPointwise, kShifted, kWinograd, kGathered };

  PackedConvolution() = default;
  PackedConvolution(PackedFormat format, const ConvolutionShape& shape, const StoredNumbers& weight);

  const ConvolutionShape& shape() const { return shape_; }
  const PackedMatrix& matrix() const { return matrix_; }
  Way way() const { return way_; }

  static Way way_of(PackedFormat format, const ConvolutionShape& shape);

 private:
  void pack_gathered(const StoredNumbers& weight);
  void pack_winograd(const StoredNumbers& weight);

  ConvolutionShape shape_;
  Way way_ = Way::kPointwise;
  PackedMatrix matrix_;
};

/// Pictures of `channels` numbers a pixel, channels-last, one after the other.
struct Pictures {
  const void* data = nullptr;
  std::int64_t count = 0, height = 0, width = 0;
  bool is_enlarged = false;  ///< each pixel counts as a block of 2x2, without being stored four times
};

struct ConvolutionFinish {
  const float* bias = nullptr;     ///< [panels * panel columns]
  const float* shift = nullptr;    ///< [pictures, out], added to all pixels of a picture, or null
  const void* residual = nullptr;  ///< laid out as the output, or null; it may be the output itself
  bool is_rectified = false;       ///< what is negative after all that becomes zero
};

enum class Edge {
  kZero,  ///< beyond the picture lie zeros
  kWrap,  ///< beyond the picture lies its other side
};

/// Size of what comes out along a side of `length` pixels.
std::int64_t convolved_length(std::int64_t length, const ConvolutionShape& shape);

/// out: [count, height', width', out channels] of the weight's element type. In parallel over compute_pool(); every
/// output is summed in the same order whatever the batch, the threads or its place. kWrap: padding is at most the
/// sides.
void convolve(const Pictures& in, const PackedConvolution& weight, Edge edge, const ConvolutionFinish& finish,
              void* out);

}  // namespace fude::ops::cpu
