#include "weights/ema_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "weights/state_dict.h"

namespace fude::weights {
namespace {

constexpr std::string_view kAverages = "model_ema.diffusion_model";
constexpr std::string_view kUNet = "model.diffusion_model.";

/// How the number behind a word is written: not at all, as one part, or, when a list of lists is meant, as two of which
/// the last has one digit.
enum class Number { kNone, kOne, kTwo };

struct Word {
  std::string_view text;
  Number number = Number::kNone;
};

// All words of a U-Net's weight names. A word stands before any that it begins with.
constexpr std::array<Word, 30> kWords{{{"input_blocks", Number::kTwo},
                                       {"output_blocks", Number::kTwo},
                                       {"middle_block", Number::kOne},
                                       {"time_embed", Number::kOne},
                                       {"label_emb", Number::kTwo},
                                       {"in_layers", Number::kOne},
                                       {"out_layers", Number::kOne},
                                       {"emb_layers", Number::kOne},
                                       {"skip_connection"},
                                       {"transformer_blocks", Number::kOne},
                                       {"attn1"},
                                       {"attn2"},
                                       {"to_q"},
                                       {"to_k"},
                                       {"to_v"},
                                       {"to_out", Number::kOne},
                                       {"ff"},
                                       {"net", Number::kOne},
                                       {"norm1"},
                                       {"norm2"},
                                       {"norm3"},
                                       {"norm"},
                                       {"proj_in"},
                                       {"proj_out"},
                                       {"proj"},
                                       {"out", Number::kOne},
                                       {"op"},
                                       {"conv"},
                                       {"weight"},
                                       {"bias"}}};

// Takes the digits off the front.
std::string_view take_digits(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

// ".12.0" from "120"; absent where digits are too few.
std::optional<std::string> number_parts(Number number, std::string_view digits) {
  if (number == Number::kNone) return digits.empty() ? std::optional<std::string>("") : std::nullopt;
  if (digits.size() < (number == Number::kTwo ? 2 : 1)) return std::nullopt;
  if (number == Number::kOne) return "." + std::string(digits);
  const std::string_view list = digits.substr(0, digits.size() - 1);
  return "." + std::string(list) + "." + std::string(digits.substr(digits.size() - 1));
}

}  // namespace

bool has_only_averaged_unet(const TensorIndex& index) {
  return has_prefix(index, kAverages) && !has_prefix(index, kUNet);
}

std::optional<std::string> averaged_name(std::string_view name) {
  if (!name.starts_with(kAverages)) return std::nullopt;
  std::string_view rest = name.substr(kAverages.size());
  std::string original = "model.diffusion_model";
  while (!rest.empty()) {
    const auto word = std::ranges::find_if(kWords, [&](const Word& w) { return rest.starts_with(w.text); });
    if (word == kWords.end()) return std::nullopt;
    rest.remove_prefix(word->text.size());
    const auto number = number_parts(word->number, take_digits(rest));
    if (!number) return std::nullopt;
    original += "." + std::string(word->text) + *number;
  }
  return original;
}

io::TensorFile with_averages_as_weights(const io::TensorFile& file) {
  if (!has_only_averaged_unet(index_of(file))) return file;
  io::Assembly assembly{
      .name = file.name(), .parts = {file}, .tensors = {}, .metadata = file.metadata(), .format = file.format()};
  for (const auto& [name, record] : file.tensors()) {
    assembly.tensors.insert_or_assign(averaged_name(name).value_or(name), record);
  }
  return io::TensorFile::assemble(std::move(assembly));
}

}  // namespace fude::weights
