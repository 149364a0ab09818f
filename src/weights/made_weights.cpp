#include "weights/made_weights.h"

#include "core/error.h"

namespace fude::weights {

at::Tensor MadeWeights::at(const std::string& key, at::IntArrayRef shape) const {
  const auto found = tensors_.find(key);
  if (found == tensors_.end() || found->second.sizes() != shape)
    fail(ErrorCode::kCorruptFile, "tensor '{}' is missing or has another shape than the network's width asks for", key);
  return found->second;
}

}  // namespace fude::weights
