#include "weights/live_weights.h"

#include <ATen/core/grad_mode.h>

#include <utility>

namespace fude::weights {

namespace {

// Layers may hold pieces of a tensor (rows, a transposed view): all of them share its storage, so the memory behind the
// storage is what must be exchanged. Both tensors are laid out by WeightLayout::prepare().
void exchange_memory(const at::Tensor& held, at::Tensor fresh) {
  const bool is_whole = fresh.storage_offset() == 0 && fresh.storage().nbytes() == held.storage().nbytes();
  // Its memory is taken away: no other tensor may share it.
  if (!is_whole || fresh.use_count() > 1 || fresh.storage().use_count() > 1) fresh = fresh.clone();
  held.storage().set_data_ptr(fresh.storage().set_data_ptr(at::DataPtr(nullptr, fresh.device())));
}

}  // namespace

std::size_t LiveWeights::set_patches(const WeightPatches& patches) {
  const at::NoGradGuard no_grad;
  static const std::vector<WeightPatch> kNone;
  std::map<std::string, const std::vector<WeightPatch>*> wanted;
  for (const auto& [name, ids] : in_force_) wanted.emplace(name, &kNone);
  for (const auto& [name, list] : patches) {
    if (contains(name)) wanted.insert_or_assign(name, &list);
  }
  std::size_t remade = 0;
  for (const auto& [name, list] : wanted) {
    Ids ids;
    for (const WeightPatch& patch : *list) ids.push_back(patch.id);
    const auto held = in_force_.find(name);
    if (ids == (held == in_force_.end() ? Ids() : held->second)) continue;
    remake(name, *list);
    in_force_.erase(name);
    if (!ids.empty()) in_force_.emplace(name, std::move(ids));
    ++remade;
  }
  return remade;
}

void LiveWeights::remake(const std::string& name, const std::vector<WeightPatch>& patches) {
  at::Tensor weight = file_.tensor(name);
  if (!patches.empty()) {
    weight = weight.to(layout_.device, at::kFloat, /*non_blocking=*/false, /*copy=*/true);
    for (const WeightPatch& patch : patches) weight = patch.apply(std::move(weight));
  }
  const auto [first, last] = handles_.equal_range(name);
  for (auto handle = first; handle != last; ++handle) {
    if (const auto* keeper = std::get_if<WeightKeeper>(&handle->second)) {
      (*keeper)(weight, layout_);
    } else {
      exchange_memory(std::get<at::Tensor>(handle->second), layout_.prepare(weight));
    }
  }
}

}  // namespace fude::weights
