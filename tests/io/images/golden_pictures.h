#pragma once

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "io/images/image.h"
#include "io/tensor_file.h"

namespace fude::io {

/// A picture of a golden file: uint8 [H,W] or [H,W,C].
inline Image golden_picture(const TensorFile& file, const std::string& name) {
  const at::Tensor bytes = file.tensor(name).contiguous();
  const std::uint8_t* begin = bytes.data_ptr<std::uint8_t>();
  return {.width = static_cast<int>(bytes.size(1)),
          .height = static_cast<int>(bytes.size(0)),
          .channels = bytes.dim() == 3 ? static_cast<int>(bytes.size(2)) : 1,
          .pixels = std::vector<std::uint8_t>(begin, begin + bytes.numel())};
}

}  // namespace fude::io
