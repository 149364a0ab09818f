#include "models/upscalers/upscaler_layout.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "core/error.h"
#include "models/trainer_prefixes.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

struct Part {
  std::string_view old_name, new_name;
};

// Names of the networks that ESRGAN's and BSRGAN's repositories keep.
constexpr std::array<Part, 5> kRenamed{{{"RRDB_trunk.", "body."},
                                        {"trunk_conv.", "conv_body."},
                                        {"upconv1.", "conv_up1."},
                                        {"upconv2.", "conv_up2."},
                                        {"HRconv.", "conv_hr."}}};

constexpr std::string_view kTrunk = "model.1.sub.";

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// "3" of "model.3.weight".
std::optional<int64_t> layer_number(std::string_view name) {
  constexpr std::string_view kModel = "model.", kWeight = ".weight";
  if (!name.starts_with(kModel) || !name.ends_with(kWeight)) return std::nullopt;
  if (name.size() <= kModel.size() + kWeight.size()) return std::nullopt;
  return whole_number(name.substr(kModel.size(), name.size() - kModel.size() - kWeight.size()));
}

// The layers of the oldest layout are numbered through: the first convolution, the trunk, one for each doubling, two
// at the end; activations and enlargements are counted, too.
std::map<std::string, std::string> numbered_layers(const weights::TensorIndex& index, const std::string& prefix) {
  std::vector<int64_t> numbers;
  for (const auto& [name, shape] : index) {
    if (!name.starts_with(prefix)) continue;
    if (const auto number = layer_number(std::string_view(name).substr(prefix.size()))) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  std::map<std::string, std::string> names;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    std::string& name = names["model." + std::to_string(numbers[i])];
    if (i == 0)
      name = "conv_first";
    else if (i + 1 == numbers.size())
      name = "conv_last";
    else if (i + 2 == numbers.size())
      name = "conv_hr";
    else
      name = "conv_up" + std::to_string(i);
  }
  return names;
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
}

}  // namespace

std::string_view name_of(UpscalerFamily family) {
  switch (family) {
    case UpscalerFamily::kEsrgan: return "ESRGAN";
    case UpscalerFamily::kCompact: return "Real-ESRGAN compact";
    case UpscalerFamily::kSwinIr: return "SwinIR";
    case UpscalerFamily::kDat: return "DAT";
    case UpscalerFamily::kHat: return "HAT";
    case UpscalerFamily::kSpan: return "SPAN";
  }
  return "";
}

UpscalerNames::UpscalerNames(const weights::TensorIndex& index) {
  for (const std::string_view prefix : kTrainerPrefixes) {
    if (!prefix_.empty() || !weights::has_prefix(index, prefix)) continue;
    prefix_ = prefix;
  }
  if (weights::has_prefix(index, prefix_ + std::string(kTrunk))) numbered_ = numbered_layers(index, prefix_);
}

std::string UpscalerNames::plain_esrgan_name(const std::string& name) const {
  if (name.starts_with(kTrunk)) {
    std::string rest = name.substr(kTrunk.size());
    const std::size_t dot = rest.find('.');
    const std::string_view after =
        dot == std::string::npos ? std::string_view() : std::string_view(rest).substr(dot + 1);
    if (after == "weight" || after == "bias") return "conv_body." + std::string(after);
    replace(rest, ".RDB", ".rdb");
    replace(rest, ".0.weight", ".weight");
    replace(rest, ".0.bias", ".bias");
    return "body." + rest;
  }
  const std::size_t end = name.rfind('.');
  const auto layer = end == std::string::npos ? numbered_.end() : numbered_.find(name.substr(0, end));
  return layer == numbered_.end() ? name : layer->second + name.substr(end);
}

std::optional<std::string> UpscalerNames::canonical(const std::string& name) const {
  if (!name.starts_with(prefix_)) return std::nullopt;
  std::string plain = name.substr(prefix_.size());
  if (!numbered_.empty()) return plain_esrgan_name(plain);
  for (const Part& part : kRenamed) {
    if (!plain.starts_with(part.old_name)) continue;
    plain.replace(0, part.old_name.size(), part.new_name);
    replace(plain, ".RDB", ".rdb");
    break;
  }
  return plain;
}

weights::TensorIndex UpscalerNames::canonical(const weights::TensorIndex& index) const {
  weights::TensorIndex result;
  for (const auto& [name, shape] : index) {
    if (const auto plain = canonical(name)) result.emplace(*plain, shape);
  }
  return result;
}

std::optional<UpscalerFamily> upscaler_family(const weights::TensorIndex& canonical) {
  const auto has = [&](const char* name) { return canonical.contains(name); };
  if (has("body.0.rdb1.conv1.weight")) return UpscalerFamily::kEsrgan;
  if (has("block_1.c1_r.sk.weight") || has("block_1.c1_r.eval_conv.weight")) return UpscalerFamily::kSpan;
  if (has("layers.0.blocks.0.attn.attns.0.pos.pos_proj.weight")) return UpscalerFamily::kDat;
  if (has("layers.0.residual_group.overlap_attn.qkv.weight")) return UpscalerFamily::kHat;
  if (has("layers.0.residual_group.blocks.0.attn.relative_position_bias_table")) return UpscalerFamily::kSwinIr;
  const auto first = canonical.find("body.0.weight"), second = canonical.find("body.1.weight");
  const bool is_compact =
      first != canonical.end() && first->second.size() == 4 && second != canonical.end() && second->second.size() == 1;
  return is_compact ? std::optional(UpscalerFamily::kCompact) : std::nullopt;
}

io::TensorFile with_canonical_names(const io::TensorFile& file) {
  const UpscalerNames names(weights::index_of(file));
  io::Assembly assembly{
      .name = file.name(), .parts = {file}, .tensors = {}, .metadata = file.metadata(), .format = file.format()};
  for (const auto& [name, record] : file.tensors()) {
    const std::optional<std::string> plain = names.canonical(name);
    if (plain && !assembly.tensors.emplace(*plain, record).second) {
      fail(ErrorCode::kCorruptFile, "'{}': tensor '{}' stands for '{}', which another stands for, too",
           printable(file.name()), printable(name), printable(*plain));
    }
  }
  return io::TensorFile::assemble(std::move(assembly));
}

}  // namespace fude::models
