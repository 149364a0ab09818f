#include "models/adapters/adapter_layout.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace fude::models {
namespace {

using Part = AdapterPart;

struct PartName {
  std::string_view suffix;
  Part part;
};

// A longer ending stands before one it ends with. LoRA: kohya, then PEFT (A is down, B is up), then older diffusers.
constexpr std::array kPartNames{
    PartName{".lora_up.weight", Part::kUp},
    PartName{".lora_down.weight", Part::kDown},
    PartName{".lora_mid.weight", Part::kMiddle},
    PartName{".lora_B.default.weight", Part::kUp},
    PartName{".lora_A.default.weight", Part::kDown},
    PartName{".lora_B.weight", Part::kUp},
    PartName{".lora_A.weight", Part::kDown},
    PartName{"_lora.up.weight", Part::kUp},
    PartName{"_lora.down.weight", Part::kDown},
    PartName{".lora.up.weight", Part::kUp},
    PartName{".lora.down.weight", Part::kDown},
    PartName{".lora_linear_layer.up.weight", Part::kUp},
    PartName{".lora_linear_layer.down.weight", Part::kDown},
    PartName{".alpha", Part::kAlpha},
    PartName{".scale", Part::kScale},
    PartName{".dora_scale", Part::kDoraScale},
    PartName{".lora_magnitude_vector", Part::kDoraScale},
    PartName{".lora_magnitude_vector.weight", Part::kDoraScale},
    PartName{".lora_magnitude_vector.default.weight", Part::kDoraScale},
    PartName{".hada_w1_a", Part::kHadaW1A},
    PartName{".hada_w1_b", Part::kHadaW1B},
    PartName{".hada_t1", Part::kHadaT1},
    PartName{".hada_w2_a", Part::kHadaW2A},
    PartName{".hada_w2_b", Part::kHadaW2B},
    PartName{".hada_t2", Part::kHadaT2},
    PartName{".lokr_w1", Part::kLokrW1},
    PartName{".lokr_w1_a", Part::kLokrW1A},
    PartName{".lokr_w1_b", Part::kLokrW1B},
    PartName{".lokr_w2", Part::kLokrW2},
    PartName{".lokr_w2_a", Part::kLokrW2A},
    PartName{".lokr_w2_b", Part::kLokrW2B},
    PartName{".lokr_t2", Part::kLokrT2},
    PartName{".on_input", Part::kOnInput},
    PartName{".diff", Part::kDiff},
    PartName{".diff_b", Part::kDiffBias},
    PartName{".w_norm", Part::kNormWeight},
    PartName{".b_norm", Part::kNormBias},
    PartName{".a1.weight", Part::kGloraA1},
    PartName{".a2.weight", Part::kGloraA2},
    PartName{".b1.weight", Part::kGloraB1},
    PartName{".b2.weight", Part::kGloraB2},
    PartName{".oft_blocks", Part::kOftBlocks},
    PartName{".oft_diag", Part::kOftDiagonal},
    PartName{".rescale", Part::kRescale},
    PartName{".weight", Part::kIa3Weight},
};

struct ModulePrefix {
  std::string_view prefix, canonical;
};

// A longer beginning stands before one it begins with. The last ones are raw PEFT files, which hold one network each.
constexpr std::array kModulePrefixes{
    ModulePrefix{"lora_unet_", "unet_"},
    ModulePrefix{"lora_te1_", "te1_"},
    ModulePrefix{"lora_te2_", "te2_"},
    ModulePrefix{"lora_te_", "te1_"},
    ModulePrefix{"lycoris_", "unet_"},
    ModulePrefix{"unet.", "unet_"},
    ModulePrefix{"text_encoder_2.", "te2_"},
    ModulePrefix{"text_encoder.", "te1_"},
    ModulePrefix{"model.diffusion_model.", "unet_"},
    ModulePrefix{"diffusion_model.", "unet_"},
    ModulePrefix{"text_model.", "te1_text_model_"},
    ModulePrefix{"down_blocks.", "unet_down_blocks_"},
    ModulePrefix{"mid_block.", "unet_mid_block_"},
    ModulePrefix{"up_blocks.", "unet_up_blocks_"},
    ModulePrefix{"conv_in", "unet_conv_in"},
    ModulePrefix{"conv_out", "unet_conv_out"},
    ModulePrefix{"time_embedding.", "unet_time_embedding_"},
};

struct Ending {
  std::string_view written, canonical;
};

// Old diffusers files name the projections of attention otherwise.
constexpr std::array kOldEndings{
    Ending{"_self_attn_to_q", "_self_attn_q_proj"},
    Ending{"_self_attn_to_k", "_self_attn_k_proj"},
    Ending{"_self_attn_to_v", "_self_attn_v_proj"},
    Ending{"_self_attn_to_out", "_self_attn_out_proj"},
    Ending{"_to_out", "_to_out_0"},
};

void erase_all(std::string& text, std::string_view piece) {
  for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at)) {
    text.erase(at, piece.size());
  }
}

std::optional<std::string> canonical_name(std::string_view module) {
  constexpr std::string_view kPeft = "base_model.model.";
  if (module.starts_with(kPeft)) module.remove_prefix(kPeft.size());
  const auto found = std::ranges::find_if(kModulePrefixes,
                                          [&](const ModulePrefix& known) { return module.starts_with(known.prefix); });
  if (found == kModulePrefixes.end()) return std::nullopt;
  std::string name(found->canonical);
  name += module.substr(found->prefix.size());
  erase_all(name, ".processor");
  std::ranges::replace(name, '.', '_');
  for (const Ending& ending : kOldEndings) {
    if (!name.ends_with(ending.written)) continue;
    name.replace(name.size() - ending.written.size(), ending.written.size(), ending.canonical);
    break;
  }
  return name;
}

struct KeyMeaning {
  std::string module;
  Part part;
};

// "bundle_emb.NAME.emb_params" -> NAME.
std::optional<std::string> bundled_word(std::string_view key) {
  if (!key.starts_with(kBundledPrefix)) return std::nullopt;
  key.remove_prefix(kBundledPrefix.size());
  const std::size_t dot = key.find('.');
  return dot == 0 || dot == std::string_view::npos ? std::nullopt : std::optional(std::string(key.substr(0, dot)));
}

std::optional<KeyMeaning> meaning_of(std::string_view key) {
  const auto found =
      std::ranges::find_if(kPartNames, [&](const PartName& known) { return key.ends_with(known.suffix); });
  if (found == kPartNames.end()) return std::nullopt;
  std::optional<std::string> module = canonical_name(key.substr(0, key.size() - found->suffix.size()));
  if (!module) return std::nullopt;
  return KeyMeaning{std::move(*module), found->part};
}

bool has_all(const AdapterModule& module, std::initializer_list<Part> parts) {
  return std::ranges::all_of(parts, [&](Part part) { return module.has(part); });
}

bool has_one(const AdapterModule& module, Part whole, Part a, Part b) {
  return module.has(whole) || has_all(module, {a, b});
}

std::optional<AdapterFamily> family_of(const AdapterModule& module) {
  if (has_all(module, {Part::kUp, Part::kDown})) return AdapterFamily::kLora;
  if (has_all(module, {Part::kHadaW1A, Part::kHadaW1B, Part::kHadaW2A, Part::kHadaW2B})) return AdapterFamily::kLoha;
  if (has_all(module, {Part::kIa3Weight, Part::kOnInput})) return AdapterFamily::kIa3;
  if (has_one(module, Part::kLokrW1, Part::kLokrW1A, Part::kLokrW1B) &&
      has_one(module, Part::kLokrW2, Part::kLokrW2A, Part::kLokrW2B)) {
    return AdapterFamily::kLokr;
  }
  if (module.has(Part::kDiff)) return AdapterFamily::kFull;
  if (module.has(Part::kNormWeight)) return AdapterFamily::kNorm;
  if (has_all(module, {Part::kGloraA1, Part::kGloraA2, Part::kGloraB1, Part::kGloraB2})) return AdapterFamily::kGlora;
  if (module.has(Part::kOftBlocks)) {
    return module.shape(Part::kOftBlocks).size() == 4 ? AdapterFamily::kBoft : AdapterFamily::kOft;
  }
  if (module.has(Part::kOftDiagonal)) return AdapterFamily::kOft;
  return std::nullopt;
}

int64_t first_size(const AdapterModule& module, Part part) {
  if (!module.has(part) || module.shape(part).empty()) return 0;
  return module.shape(part).front();
}

// The number that alpha is divided by. Of two low-rank factors of a Kronecker product the second counts.
int64_t rank_of(const AdapterModule& module) {
  switch (module.family) {
    case AdapterFamily::kLora: return first_size(module, Part::kDown);
    case AdapterFamily::kLoha: return first_size(module, Part::kHadaW1B);
    case AdapterFamily::kLokr: return first_size(module, module.has(Part::kLokrW2B) ? Part::kLokrW2B : Part::kLokrW1B);
    case AdapterFamily::kGlora: {
      // Which of the two ways the factors are stored: the rank is the side that a1 and b1 share with a2 and b2.
      const auto& a1 = module.shape(Part::kGloraA1);
      return a1.size() < 2 ? 0 : std::min(a1[0], a1[1]);
    }
    case AdapterFamily::kIa3:
    case AdapterFamily::kFull:
    case AdapterFamily::kNorm:
    case AdapterFamily::kOft:
    case AdapterFamily::kBoft: return 0;
  }
  return 0;
}

}  // namespace

std::string_view family_name(AdapterFamily family) {
  switch (family) {
    case AdapterFamily::kLora: return "LoRA";
    case AdapterFamily::kLoha: return "LoHa";
    case AdapterFamily::kLokr: return "LoKr";
    case AdapterFamily::kIa3: return "IA3";
    case AdapterFamily::kFull: return "full difference";
    case AdapterFamily::kNorm: return "norm difference";
    case AdapterFamily::kGlora: return "GLoRA";
    case AdapterFamily::kOft: return "OFT";
    case AdapterFamily::kBoft: return "BOFT";
  }
  return "";
}

AdapterLayout read_adapter_layout(const weights::TensorIndex& index) {
  AdapterLayout layout;
  std::map<std::string, AdapterModule> modules;
  for (const auto& [key, shape] : index) {
    if (std::optional<std::string> word = bundled_word(key)) {
      // In a sorted index the tensors of one word follow each other.
      if (layout.bundled_words.empty() || layout.bundled_words.back() != *word) {
        layout.bundled_words.push_back(std::move(*word));
      }
      continue;
    }
    const std::optional<KeyMeaning> meaning = meaning_of(key);
    if (!meaning) {
      layout.strange_keys.push_back(key);
      continue;
    }
    AdapterModule& module = modules[meaning->module];
    module.name = meaning->module;
    const bool is_first = module.parts.try_emplace(meaning->part, AdapterTensor{key, shape}).second;
    if (!is_first) layout.strange_keys.push_back(key);
  }
  for (auto& [name, module] : modules) {
    const std::optional<AdapterFamily> family = family_of(module);
    if (!family) {
      for (const auto& [part, tensor] : module.parts) layout.strange_keys.push_back(tensor.key);
      continue;
    }
    module.family = *family;
    module.rank = rank_of(module);
    layout.modules.push_back(std::move(module));
  }
  return layout;
}

}  // namespace fude::models
