#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "io/tensor_file.h"

/// The layers of upscalers by their definitions, in fp32 and one by one: what the networks are held against.
namespace fude::tests {

/// Names and shapes of a file, and numbers made up for them.
class MadeUpFile {
 public:
  using Tensors = std::map<std::string, at::Tensor>;

  /// Adds a tensor of even numbers in (-scale, scale), by default such that a layer keeps its input's size about.
  MadeUpFile& add(const std::string& name, const std::vector<int64_t>& shape, double scale = 0);
  /// Adds NAME.weight [out,in/groups,k,k] and NAME.bias.
  MadeUpFile& add_conv(const std::string& name, int64_t in, int64_t out, int64_t kernel = 3);
  MadeUpFile& add_linear(const std::string& name, int64_t in, int64_t out);
  /// Scale near 1 and a shift.
  MadeUpFile& add_norm(const std::string& name, int64_t width);
  /// The same with a mean and a variance.
  MadeUpFile& add_batch_norm(const std::string& name, int64_t width);
  /// Adds a tensor as it is.
  MadeUpFile& put(const std::string& name, at::Tensor tensor);
  /// The same tensors under other names.
  MadeUpFile renamed(const std::map<std::string, std::string>& names) const;

  const Tensors& tensors() const { return tensors_; }
  const at::Tensor& operator[](const std::string& name) const { return tensors_.at(name); }

  /// As a safetensors file on the disk.
  io::TensorFile open() const;

 private:
  Tensors tensors_;
};

/// A picture [1,3,height,width] of even numbers in [0,1).
at::Tensor made_up_picture(int64_t height, int64_t width);

/// Convolution with a frame of zeros that keeps the size; x [1,C,H,W]. Channels lie apart where weights have one input.
at::Tensor conv(const MadeUpFile& file, const std::string& name, const at::Tensor& x);
/// x [..,in].
at::Tensor linear(const MadeUpFile& file, const std::string& name, const at::Tensor& x);
at::Tensor norm(const MadeUpFile& file, const std::string& name, const at::Tensor& x);
/// Of x [1,C,H,W], with the file's mean and variance.
at::Tensor batch_norm(const MadeUpFile& file, const std::string& name, const at::Tensor& x);
at::Tensor leaky(const at::Tensor& x, double slope);
at::Tensor gelu(const at::Tensor& x);

/// Attention token by token: `sees(i, j)` is what pair (i, j) of token numbers (row * width + column) adds to its
/// score, -infinity where i does not see j at all. q, k, v [H*W,C] of one head -> [H*W,C]. Scores are divided by
/// sqrt(C).
at::Tensor attention_by_pairs(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              const std::function<double(int64_t i, int64_t j)>& sees);

/// What two tokens of a map, cut into windows after a roll up and to the left, add to their score beside the bias: 0,
/// -100 where the roll brought them into one window from two ends of the map, -infinity in different windows.
double window_term(int64_t length, int64_t window, int64_t roll, int64_t a, int64_t b);

/// Pixels to the right and below that mirror the picture, until both sides are multiples.
at::Tensor mirrored(const at::Tensor& x, int64_t multiple);

/// Four (or side^2) channels become a block of pixels.
at::Tensor shuffled(const at::Tensor& x, int64_t side);

/// Every pixel twice in both directions.
at::Tensor doubled(const at::Tensor& x);

/// The mean colour that SwinIR, HAT, DAT and SPAN take off.
at::Tensor mean_colour();

}  // namespace fude::tests
