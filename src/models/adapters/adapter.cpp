#include "models/adapters/adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "models/adapters/adapter_change.h"
#include "models/detect.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

/// Which part of a stored tensor a module stands for: rows, and of an inpainting model's first convolution those
/// input channels that a plain model has, too.
struct Region {
  int64_t first_row = 0;
  std::vector<int64_t> shape;
};

at::Tensor region_of(const at::Tensor& weight, const Region& region) {
  at::Tensor piece = weight.narrow(0, region.first_row, region.shape[0]);
  return region.shape.size() > 1 ? piece.narrow(1, 0, region.shape[1]) : piece;
}

/// Changes one region of a tensor in place.
template <typename Change>
at::Tensor with_changed_region(at::Tensor weight, const Region& region, const Change& change) {
  const at::Tensor piece = region_of(weight, region);
  if (piece.sizes() == weight.sizes()) return change(std::move(weight));
  piece.copy_(change(piece.clone()));
  return weight;
}

class Patcher {
 public:
  Patcher(const std::shared_ptr<const Adapter>& adapter, const AdapterStrength& strength,
          const weights::TensorIndex& checkpoint, const ModuleTable& table, weights::WeightPatches& patches)
      : adapter_(adapter), strength_(strength), checkpoint_(checkpoint), table_(table), patches_(patches) {}

  PatchCount run() {
    for (const AdapterModule& module : adapter_->layout().modules) add(module);
    return std::move(count_);
  }

 private:
  void add(const AdapterModule& module) {
    const ModuleTarget* target = table_.find(module.name);
    if (target == nullptr) {
      count_.homeless.push_back(module.name);
      return;
    }
    Region region{.first_row = target->first_row, .shape = checkpoint_.at(target->weight)};
    if (target->row_count > 0) region.shape[0] = target->row_count;
    std::string reason = adapter_->damage_of(module);
    if (reason.empty()) reason = fit(module, region);
    if (reason.empty()) reason = misfit_of_values(module, adapter_->file(), region.shape);
    if (!reason.empty()) {
      count_.misfits.push_back(fmt::format("'{}' {}", module.name, reason));
      return;
    }
    ++count_.applied;
    const ChangeStrength strength = strength_of(*target);
    if (strength.multiplier == 0) return;
    add_patch(target->weight, module, region, strength, changed_weight);
    const auto bias = checkpoint_.find(target->bias);
    if (!changes_bias(module)) return;
    if (bias == checkpoint_.end()) {
      count_.misfits.push_back(fmt::format("'{}' changes a bias that the model does not have", module.name));
      return;
    }
    add_patch(target->bias, module, {.first_row = target->first_row, .shape = {region.shape[0]}}, strength,
              changed_bias);
  }

  static std::string fit(const AdapterModule& module, Region& region) {
    constexpr int64_t kLatentChannels = 4;
    const std::string reason = misfit(module, region.shape);
    if (reason.empty() || region.shape.size() != 4 || region.shape[1] <= kLatentChannels) return reason;
    std::vector<int64_t> plain = region.shape;
    plain[1] = kLatentChannels;
    if (!misfit(module, plain).empty()) return reason;
    region.shape = std::move(plain);
    return {};
  }

  ChangeStrength strength_of(const ModuleTarget& target) const {
    double multiplier = target.is_text ? strength_.text : strength_.unet;
    if (strength_.blocks) multiplier *= strength_.blocks->of(target.block);
    return {.multiplier = multiplier, .dynamic_rank = strength_.dynamic_rank};
  }

  template <typename Change>
  void add_patch(const std::string& name, const AdapterModule& module, Region region, const ChangeStrength& strength,
                 Change change) {
    const std::string rank = strength.dynamic_rank ? std::to_string(*strength.dynamic_rank) : "all";
    weights::WeightPatch patch;
    patch.id = fmt::format("{}\n{}\n{}\n{}", adapter_->id(), module.name, strength.multiplier, rank);
    patch.apply = [adapter = adapter_, &module, region = std::move(region), strength, change](at::Tensor weight) {
      return with_changed_region(std::move(weight), region, [&](at::Tensor piece) {
        return change(module, adapter->file(), std::move(piece), strength);
      });
    };
    patches_[name].push_back(std::move(patch));
  }

  const std::shared_ptr<const Adapter>& adapter_;
  const AdapterStrength& strength_;
  const weights::TensorIndex& checkpoint_;
  const ModuleTable& table_;
  weights::WeightPatches& patches_;
  PatchCount count_;
};

[[noreturn]] void refuse_without_modules(const io::TensorFile& file) {
  const Detection found = detect(weights::index_of(file));
  if (found.kind == FileKind::kAdapter) {
    fail(ErrorCode::kUnsupportedModel, "'{}' changes no weights: none of its modules has all its tensors",
         printable(file.name()));
  }
  fail(ErrorCode::kUnsupportedModel, "'{}' is {}, expected a LoRA or one of its kin", printable(file.name()),
       family_with_article(found));
}

}  // namespace

Adapter::Adapter(io::TensorFile file, std::string id)
    : file_(std::move(file)), id_(std::move(id)), layout_(read_adapter_layout(weights::index_of(file_))) {
  if (layout_.modules.empty()) refuse_without_modules(file_);
  for (const AdapterModule& module : layout_.modules) {
    std::string damage = damage_of_values(module, file_);
    if (!damage.empty()) damages_.emplace(module.name, std::move(damage));
  }
  for (const std::string& word : layout_.bundled_words) {
    try {
      words_.push_back(read_bundled_inversion(file_, word));
    } catch (const Error& error) {
      word_problems_.emplace_back(error.what());
    }
  }
}

std::string Adapter::damage_of(const AdapterModule& module) const {
  const auto found = damages_.find(module.name);
  return found == damages_.end() ? std::string() : found->second;
}

PatchCount add_patches(const std::shared_ptr<const Adapter>& adapter, const AdapterStrength& strength,
                       const weights::TensorIndex& checkpoint, const ModuleTable& table,
                       weights::WeightPatches& patches) {
  return Patcher(adapter, strength, checkpoint, table, patches).run();
}

}  // namespace fude::models
