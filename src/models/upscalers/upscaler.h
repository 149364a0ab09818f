#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <string_view>

/// Networks that enlarge pictures.
namespace fude::models {

class Upscaler {
 public:
  virtual ~Upscaler() = default;

  /// picture [1,3,H,W] in [0,1], fp32, of any size from 1x1 -> [1,3,scale*H,scale*W], fp32, about [0,1]. For
  /// inference; one call at a time.
  virtual at::Tensor enlarge(const at::Tensor& picture) const = 0;

  /// 1 (a network that cleans pictures), 2, 3, 4, 8.
  virtual int64_t scale() const = 0;

  /// "ESRGAN", "SwinIR", ..
  virtual std::string_view family() const = 0;

  /// The network looks at blocks of so many pixels that begin at the picture's corner: pieces of a picture should
  /// begin at multiples of it.
  virtual int64_t grid() const { return 1; }

  /// About how many bytes enlarge() needs for each pixel that it is given, rather too many than too few.
  virtual int64_t bytes_a_pixel() const = 0;
};

}  // namespace fude::models
