#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipelines/generation_request.h"
#include "pipelines/infotext.h"

namespace fude::pipelines {

/// What a picture was computed on and in. Pictures of one profile have the same bytes; those of another differ by
/// rounding.
struct EngineProfile {
  std::string device = {};     // "cpu", "cuda"
  std::string precision = {};  // "fp32", "bf16", "fp16", "int8"
  std::string kernels = {};    // of a processor: ops::cpu::name_of(); else empty

  bool operator==(const EngineProfile&) const = default;
};

/// "cpu bf16 amx", "cuda fp16".
std::string to_text(const EngineProfile& profile);
/// Absent for a text that is none: two or three words of small letters, digits and hyphens.
std::optional<EngineProfile> parse_engine_profile(std::string_view text);

/// Keys of a picture's text that the web UI does not have: they follow its own, which programs leave alone that do not
/// know them.
inline constexpr std::string_view kEngineKey = "Fude engine";      // to_text(EngineProfile)
inline constexpr std::string_view kSettingsKey = "Fude settings";  // unwritten_settings()
inline constexpr std::string_view kHashesKey = "Fude hashes";      // of files, and of pictures started from

/// Parts named in kHashesKey, beside networks.
inline constexpr std::string_view kInitPart = "init image";
inline constexpr std::string_view kMaskPart = "mask";
inline constexpr std::string_view kLatentMaskPart = "latent mask";
inline constexpr std::string_view kFirstPassPart = "first pass image";
inline constexpr std::string_view kHiresModelPart = "hires checkpoint";
inline constexpr std::string_view kHiresUpscalerPart = "hires upscaler";
inline constexpr std::string_view kInitUpscalerPart = "init upscaler";

/// The knobs that shape a picture but are not to be had back from `infotext`, which was written for `request`:
/// "resize_mode=1; uni_pc_variant=bh2". Empty where the text says all.
std::string unwritten_settings(const GenerationRequest& request, std::string_view infotext);

/// Sets what such a text says. Returns a warning for each part that is no such knob or has no such value.
std::vector<std::string> apply_unwritten_settings(GenerationRequest& request, std::string_view text);

}  // namespace fude::pipelines
