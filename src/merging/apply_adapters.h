#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "merging/merge_models.h"
#include "models/adapters/adapter.h"

namespace fude::merging {

/// An adapter of any kind, and how strongly it is applied.
struct AppliedAdapter {
  std::string name;
  std::shared_ptr<const models::Adapter> adapter;
  models::AdapterStrength strength = {};
};

struct ApplyReport {
  std::size_t changed = 0;            // tensors
  std::vector<std::string> warnings;  // modules without a place, licences that differ, one line each
};

/// Writes a checkpoint with adapters in it, in their order: what <lora:..> in a prompt does for one picture. Tensor by
/// tensor, in single precision. The metadata is the model's, with the adapters' names and licences; a file that is
/// there is replaced. Throws Error: kInvalidArgument (an adapter fits nowhere), kUnsupportedModel (a tensor that cannot
/// be copied), kCancelled (from events), and what writing a file throws.
ApplyReport apply_adapters(const Parent& model, const std::vector<AppliedAdapter>& adapters, StorageType type,
                           const std::filesystem::path& out, const MergeEvents& events = {});

}  // namespace fude::merging
