#include "merging/lora_file.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/hash.h"
#include "io/element_type.h"
#include "io/safetensors_writer.h"
#include "merging/merge_metadata.h"
#include "models/file_summary.h"

namespace fude::merging {
namespace {

using models::AdapterModule;
using Part = models::AdapterPart;

/// The shape of the weight that a LoRA's factors are for, as far as they tell; empty when they are none.
std::vector<int64_t> weight_shape(const AdapterModule& module) {
  const std::vector<int64_t>&up = module.shape(Part::kUp), &down = module.shape(Part::kDown);
  if (up.size() < 2 || down.size() < 2) return {};
  std::vector<int64_t> shape = down;
  shape[0] = up[0];
  if (module.has(Part::kMiddle)) {
    const std::vector<int64_t>& middle = module.shape(Part::kMiddle);
    if (middle.size() != 4) return {};
    shape = {up[0], down[1], middle[2], middle[3]};
  }
  return shape.size() == 2 || shape.size() == 4 ? shape : std::vector<int64_t>();
}

at::Tensor numbers(const AdapterModule& module, Part part, const io::TensorFile& file) {
  return file.tensor(module.parts.at(part).key).to(at::kFloat);
}

double number(const AdapterModule& module, Part part, const io::TensorFile& file) {
  return numbers(module, part, file).to(at::kDouble).item<double>();
}

double scale_of(const AdapterModule& module, const io::TensorFile& file) {
  if (module.has(Part::kScale)) return number(module, Part::kScale, file);
  if (!module.has(Part::kAlpha)) return 1;
  return number(module, Part::kAlpha, file) / static_cast<double>(module.rank);
}

/// SHA-256 of the bytes between two offsets of the file that the tensors make.
class WindowHash {
 public:
  WindowHash(std::size_t begin, std::size_t end) : begin_(begin), end_(end) {}

  void update(std::span<const std::byte> bytes) {
    const std::size_t first = std::clamp(begin_, offset_, offset_ + bytes.size());
    const std::size_t last = std::clamp(end_, first, offset_ + bytes.size());
    hash_.update(bytes.subspan(first - offset_, last - first));
    offset_ += bytes.size();
  }

  std::string finish() { return hash_.finish(); }

 private:
  Sha256 hash_;
  std::size_t begin_, end_, offset_ = 0;
};

void add_hashes(LoraTensors& lora) {
  constexpr std::size_t kLegacyBegin = std::size_t{1} << 20, kLegacyEnd = kLegacyBegin + (std::size_t{1} << 16);
  std::vector<io::PlannedTensor> planned;
  std::size_t data_size = 0;
  for (const auto& [name, tensor] : lora.tensors) {
    planned.push_back({name, io::stored_type(tensor.scalar_type()), tensor.sizes().vec()});
    data_size += tensor.nbytes();
  }
  std::map<std::string, std::string> of_training;
  for (const auto& [key, value] : lora.metadata) {
    if (key.starts_with("ss_")) of_training[key] = value;
  }
  io::SafetensorsStream stream(std::move(planned), of_training);
  WindowHash data(stream.byte_count() - data_size, stream.byte_count()), legacy(kLegacyBegin, kLegacyEnd);
  stream.begin([&](std::span<const std::byte> bytes) {
    data.update(bytes);
    legacy.update(bytes);
  });
  for (const io::PlannedTensor& tensor : stream.tensors()) stream.write(lora.tensors.at(tensor.name));
  lora.metadata["sshs_model_hash"] = data.finish();
  lora.metadata["sshs_legacy_hash"] = legacy.finish().substr(0, 8);
}

void require_finite(const at::Tensor& tensor, const AdapterModule& module) {
  if (at::isfinite(tensor).all().item<bool>()) return;
  fail(ErrorCode::kCorruptFile, "module '{}' has numbers that are not finite", printable(module.name));
}

std::string whole(double number) { return fmt::format("{:g}", number); }

std::string only_or_dynamic(const std::map<std::string, std::size_t>& counts) {
  return counts.size() == 1 ? counts.begin()->first : "Dynamic";
}

}  // namespace

LoraLayer read_lora_layer(const AdapterModule& module, const io::TensorFile& file) {
  if (module.family != models::AdapterFamily::kLora || module.has(Part::kDoraScale)) {
    fail(ErrorCode::kUnsupportedModel, "module '{}' is {}, expected plain LoRA; 'fude lora apply' takes all kinds",
         printable(module.name),
         module.has(Part::kDoraScale) ? std::string_view("DoRA") : models::family_name(module.family));
  }
  const std::vector<int64_t> shape = weight_shape(module);
  if (shape.empty()) {
    fail(ErrorCode::kCorruptFile, "module '{}' has factors that are no matrices", printable(module.name));
  }
  if (const std::string reason = models::misfit(module, shape); !reason.empty()) {
    fail(ErrorCode::kCorruptFile, "module '{}' {}", printable(module.name), reason);
  }
  LoraLayer layer{.factors = {}, .scale = scale_of(module, file), .kernel = {}};
  if (shape.size() == 4) layer.kernel = {shape[2], shape[3]};
  layer.factors.up = numbers(module, Part::kUp, file).flatten(1);
  at::Tensor down = numbers(module, Part::kDown, file).flatten(1);
  if (module.has(Part::kMiddle)) {  // down'[p,i,y,x] = sum_q middle[p,q,y,x] down[q,i]
    down = at::einsum("pqyx,qi->piyx", {numbers(module, Part::kMiddle, file), down}).flatten(1);
  }
  layer.factors.down = down;
  require_finite(layer.factors.up, module);
  require_finite(layer.factors.down, module);
  if (!std::isfinite(layer.scale)) require_finite(at::scalar_tensor(layer.scale), module);
  return layer;
}

at::Tensor stored_up(const LoraLayer& layer) {
  const at::Tensor& up = layer.factors.up;
  return layer.kernel.empty() ? up : up.reshape({up.size(0), up.size(1), 1, 1});
}

at::Tensor stored_down(const LoraLayer& layer) {
  const at::Tensor& down = layer.factors.down;
  if (layer.kernel.empty()) return down;
  return down.reshape({down.size(0), -1, layer.kernel[0], layer.kernel[1]});
}

void add_lora_layer(LoraTensors& lora, const std::string& stem, const LoraLayer& layer, at::ScalarType type) {
  lora.tensors[stem + ".lora_up.weight"] = stored_up(layer).to(type).contiguous();
  lora.tensors[stem + ".lora_down.weight"] = stored_down(layer).to(type).contiguous();
  // Half precision would round an alpha that is no small whole number.
  lora.tensors[stem + ".alpha"] =
      at::scalar_tensor(layer.scale * static_cast<double>(layer.factors.rank()), at::kFloat);
}

std::string kohya_name(std::string_view module, bool has_two_encoders) {
  constexpr std::string_view kFirst = "te1_";
  if (!has_two_encoders && module.starts_with(kFirst)) return fmt::format("lora_te_{}", module.substr(kFirst.size()));
  return fmt::format("lora_{}", module);
}

at::ScalarType lora_type(StorageType type, at::ScalarType own) {
  switch (type) {
    case StorageType::kSame: return at::isFloatingType(own) ? own : at::kHalf;
    case StorageType::kFloat: return at::kFloat;
    case StorageType::kHalf: return at::kHalf;
    case StorageType::kBFloat16: return at::kBFloat16;
    case StorageType::kF8E4M3:
    case StorageType::kF8E5M2: break;
  }
  fail(ErrorCode::kInvalidArgument, "a LoRA cannot be stored in 8 bits, expected same, fp32, fp16 or bf16");
}

void NetworkSize::add(const LoraLayer& layer) {
  const auto rank = static_cast<double>(layer.factors.rank());
  ++ranks_[whole(rank)];
  ++alphas_[whole(layer.scale * rank)];
}

void NetworkSize::write(std::map<std::string, std::string>& metadata) const {
  metadata["ss_network_dim"] = only_or_dynamic(ranks_);
  metadata["ss_network_alpha"] = only_or_dynamic(alphas_);
}

void add_lineage(LoraTensors& lora, const std::vector<std::pair<std::string, io::TensorFile>>& parents) {
  std::vector<ParentFacts> facts;
  for (const auto& [name, file] : parents) {
    facts.push_back({.role = "",
                     .name = name,
                     .sha256 = "",
                     .legacy_hash = "",
                     .licence = models::summarize(file).licence,
                     .metadata = {}});
  }
  for (auto& [key, value] : lineage(facts)) lora.metadata[key] = value;
  for (std::string& warning : combine_licences(facts).warnings) lora.warnings.push_back(std::move(warning));
}

void save_lora(const std::filesystem::path& path, LoraTensors lora) {
  add_hashes(lora);
  io::write_safetensors(path, lora.tensors, lora.metadata);
}

}  // namespace fude::merging
