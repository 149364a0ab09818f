#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weights/tensor_index.h"

namespace fude::models {

/// How an adapter states its change of a weight W [out, in, ..]. Where the names come from: docs/adapters.md.
enum class AdapterFamily {
  kLora,   // up down; with a middle for convolutions: Tucker (LoCon)
  kLoha,   // (a1 b1) * (a2 b2), element by element
  kLokr,   // Kronecker product of w1 and w2
  kIa3,    // W times one factor a row or a column
  kFull,   // the difference itself
  kNorm,   // differences of a norm's weight and bias
  kGlora,  // b1 b2 + W a1 a2
  kOft,    // blocks of rows turned by orthogonal matrices
  kBoft,   // the same in several butterfly stages
};

/// "LoRA", "LoHa", ...
std::string_view family_name(AdapterFamily family);

/// What one tensor of an adapter is for.
enum class AdapterPart {
  kUp,
  kDown,
  kMiddle,
  kAlpha,
  kScale,
  kDoraScale,
  kHadaW1A,
  kHadaW1B,
  kHadaT1,
  kHadaW2A,
  kHadaW2B,
  kHadaT2,
  kLokrW1,
  kLokrW1A,
  kLokrW1B,
  kLokrW2,
  kLokrW2A,
  kLokrW2B,
  kLokrT2,
  kIa3Weight,
  kOnInput,
  kDiff,
  kDiffBias,
  kNormWeight,
  kNormBias,
  kGloraA1,
  kGloraA2,
  kGloraB1,
  kGloraB2,
  kOftBlocks,
  kOftDiagonal,
  kRescale,
};

struct AdapterTensor {
  std::string key;  // in the adapter's file
  std::vector<int64_t> shape;
};

/// What an adapter changes of one module of the model.
struct AdapterModule {
  std::string name;  // in the one form that ModuleTable knows: "unet_down_blocks_0_..", "te1_text_model_.."
  AdapterFamily family = AdapterFamily::kLora;
  std::map<AdapterPart, AdapterTensor> parts;
  int64_t rank = 0;  // 0: the family has none

  bool has(AdapterPart part) const { return parts.contains(part); }
  const std::vector<int64_t>& shape(AdapterPart part) const { return parts.at(part).shape; }
};

/// What the names of the textual inversions inside an adapter's file begin with: "bundle_emb.NAME.emb_params".
constexpr std::string_view kBundledPrefix = "bundle_emb.";

struct AdapterLayout {
  std::vector<AdapterModule> modules;      // by name
  std::vector<std::string> bundled_words;  // names of textual inversions that the file carries
  std::vector<std::string> strange_keys;   // of no known kind
};

/// Reads an adapter's modules off its tensors' names and shapes. Understands the names of kohya's scripts, LyCORIS,
/// diffusers (old and new), PEFT and ComfyUI. A file that is something else gives no modules.
AdapterLayout read_adapter_layout(const weights::TensorIndex& index);

/// Why the module cannot change a weight of this shape; empty when it can. What fits needs no further check: no
/// intermediate result of applying it is larger than 8192 times the weight's larger side.
/// A module that fits may change a bias, too: its size is that of dimension 0.
std::string misfit(const AdapterModule& module, std::span<const int64_t> weight_shape);

}  // namespace fude::models
