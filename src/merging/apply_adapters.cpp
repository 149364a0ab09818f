#include "merging/apply_adapters.h"

#include <ATen/core/grad_mode.h>

#include <utility>

#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "io/safetensors_writer.h"
#include "merging/merge_metadata.h"
#include "models/adapters/module_table.h"
#include "models/file_summary.h"
#include "weights/live_weights.h"
#include "weights/state_dict.h"

namespace fude::merging {
namespace {

weights::WeightPatches patches_of(const Parent& model, const std::vector<AppliedAdapter>& adapters,
                                  ApplyReport& report) {
  const weights::TensorIndex index = weights::index_of(model.file);
  const models::ModuleTable table(index);
  weights::WeightPatches patches;
  for (const AppliedAdapter& applied : adapters) {
    const models::PatchCount count = models::add_patches(applied.adapter, applied.strength, index, table, patches);
    const std::size_t strangers = count.homeless.size() + count.misfits.size();
    if (count.applied == 0) {
      fail(ErrorCode::kInvalidArgument, "none of the {} modules of '{}' fits '{}'; is it for another kind of model?",
           strangers, printable(applied.name), printable(model.name));
    }
    if (strangers > 0) {
      const std::string& first = count.misfits.empty() ? count.homeless.front() : count.misfits.front();
      report.warnings.push_back(fmt::format("{} modules of '{}' have no place in '{}' and are left out, such as {}",
                                            strangers, printable(applied.name), printable(model.name),
                                            printable(first)));
    }
  }
  return patches;
}

std::map<std::string, std::string> metadata_of(const Parent& model, const std::vector<AppliedAdapter>& adapters,
                                               ApplyReport& report) {
  std::vector<ParentFacts> facts;
  const auto add = [&](const std::string& name, const io::TensorFile& file) {
    facts.push_back({.role = "",
                     .name = name,
                     .sha256 = "",
                     .legacy_hash = "",
                     .licence = models::summarize(file).licence,
                     .metadata = {}});
  };
  add(model.name, model.file);
  for (const AppliedAdapter& applied : adapters) add(applied.name, applied.adapter->file());
  std::map<std::string, std::string> metadata = model.file.metadata();
  for (auto& [key, value] : lineage(facts)) metadata[key] = std::move(value);
  for (std::string& warning : combine_licences(facts).warnings) report.warnings.push_back(std::move(warning));
  return metadata;
}

std::vector<io::PlannedTensor> planned(const Parent& model, StorageType type) {
  std::vector<io::PlannedTensor> tensors;
  for (const auto& [name, record] : model.file.tensors()) {
    if (record.type == io::TensorType::kOther) {
      fail(ErrorCode::kUnsupportedModel, "tensor '{}' of '{}' has type {}, which cannot be copied", printable(name),
           printable(model.name), printable(record.type_name, 20));
    }
    tensors.push_back({name, stored_as(record, name, type), record.shape});
  }
  return tensors;
}

at::Tensor patched(const at::Tensor& tensor, const std::vector<weights::WeightPatch>& patches) {
  at::Tensor result = tensor.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true);
  for (const weights::WeightPatch& patch : patches) result = patch.apply(std::move(result));
  return result;
}

}  // namespace

ApplyReport apply_adapters(const Parent& model, const std::vector<AppliedAdapter>& adapters, StorageType type,
                           const std::filesystem::path& out, const MergeEvents& events) {
  const at::NoGradGuard no_grad;
  ApplyReport report;
  const weights::WeightPatches patches = patches_of(model, adapters, report);
  io::SafetensorsStream stream(planned(model, type), metadata_of(model, adapters, report));
  platform::AtomicFile file(out);
  stream.begin([&](std::span<const std::byte> bytes) { file.write(bytes); });
  std::size_t done = 0;
  for (const io::PlannedTensor& tensor : stream.tensors()) {
    const auto found = patches.find(tensor.name);
    const at::Tensor stored = model.file.tensor(tensor.name);
    stream.write(found == patches.end() ? stored : patched(stored, found->second));
    report.changed += found == patches.end() ? 0 : 1;
    model.file.forget(model.file.tensors().at(tensor.name).bytes);
    events.on_progress("applying", ++done, stream.tensors().size());
  }
  stream.finish();
  file.commit();
  return report;
}

}  // namespace fude::merging
