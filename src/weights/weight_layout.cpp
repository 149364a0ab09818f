#include "weights/weight_layout.h"

namespace fude::weights {

at::Tensor WeightLayout::prepare(const at::Tensor& stored) const {
  const at::Tensor converted = stored.is_floating_point() ? stored.to(device, type) : stored.to(device);
  return converted.contiguous(stored.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
}

}  // namespace fude::weights
