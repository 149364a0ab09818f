#include "nn/context_memory.h"

#include <algorithm>
#include <cstring>

namespace fude::nn {

bool KeptContext::is(const at::Tensor& context) const {
  if (context.scalar_type() != context_.scalar_type() || context.sizes() != context_.sizes()) return false;
  const at::Tensor other = context.contiguous();
  return std::memcmp(other.data_ptr(), context_.data_ptr(), context_.nbytes()) == 0;
}

at::Tensor KeptContext::through(const Linear& layer) {
  Product& product = products_[&layer];
  if (!product.made.defined() || product.changes != layer.changes()) {
    product = {.changes = layer.changes(), .made = layer.forward(context_)};
  }
  return product.made;
}

KeptContext* ContextMemory::find_or_add(const at::Tensor& context) {
  if (!context.device().is_cpu()) return nullptr;
  const auto found = std::ranges::find_if(kept_, [&](const KeptContext& kept) { return kept.is(context); });
  if (found != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, found);
    return &kept_.front();
  }
  if (kept_.size() == kContexts) kept_.pop_back();
  // A copy: the caller may write into its own.
  return &kept_.emplace_front(context.clone(at::MemoryFormat::Contiguous));
}

}  // namespace fude::nn
