#include "models/upscalers/load_upscaler.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/error.h"
#include "models/detect.h"
#include "models/upscalers/compact.h"
#include "models/upscalers/dat.h"
#include "models/upscalers/esrgan.h"
#include "models/upscalers/hat.h"
#include "models/upscalers/span.h"
#include "models/upscalers/swin_ir.h"
#include "models/upscalers/upscaler_layout.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

// What files keep beside weights: tables that follow from the shapes, counters, and branches of SPAN, which are read
// by another way.
constexpr std::array<std::string_view, 10> kBesideWeights{"relative_position_index",
                                                          "relative_position_index_SA",
                                                          "relative_position_index_OCA",
                                                          "attn_mask",
                                                          "attn_mask_0",
                                                          "attn_mask_1",
                                                          "rpe_biases",
                                                          "num_batches_tracked",
                                                          "mean",
                                                          "no_norm"};

bool is_beside_weights(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return std::ranges::find(kBesideWeights, name.substr(dot == std::string_view::npos ? 0 : dot + 1)) !=
         kBesideWeights.end();
}

[[noreturn]] void refuse(const weights::TensorIndex& index, std::string_view name) {
  const Detection found = detect(index);
  const std::string what =
      found.kind == FileKind::kUnknown ? "a file of a kind that is not known" : family_with_article(found);
  fail(ErrorCode::kUnsupportedModel, "'{}' is {}, expected an upscaler: ESRGAN, Real-ESRGAN, SwinIR, DAT, HAT or SPAN",
       printable(name), what);
}

void require_all_taken(const weights::StateDict& weights) {
  std::vector<std::string> left = weights.unclaimed("");
  std::erase_if(left, is_beside_weights);
  if (left.empty()) return;
  fail(ErrorCode::kUnsupportedModel, "'{}': tensor '{}'{} has no place in the network, which is a variant not known",
       printable(weights.file().name()), printable(left.front()),
       left.size() == 1 ? "" : fmt::format(" and {} others", left.size() - 1));
}

template <typename Network, typename Config>
std::unique_ptr<Upscaler> built(const io::TensorFile& file, const weights::WeightLayout& layout, const Config& config) {
  weights::StateDict weights(file, layout);
  auto network = std::make_unique<Network>(weights.root(), config);
  require_all_taken(weights);
  return network;
}

int64_t scale_of(UpscalerFamily family, const weights::TensorIndex& index) {
  switch (family) {
    case UpscalerFamily::kEsrgan: return infer_esrgan_config(index).scale();
    case UpscalerFamily::kCompact: return infer_compact_config(index).scale;
    case UpscalerFamily::kSwinIr: return infer_swin_ir_config(index).reconstruction.scale;
    case UpscalerFamily::kDat: return infer_dat_config(index).reconstruction.scale;
    case UpscalerFamily::kHat: return infer_hat_config(index).reconstruction.scale;
    case UpscalerFamily::kSpan: return infer_span_config(index).scale;
  }
  return 1;
}

}  // namespace

bool is_upscaler(const weights::TensorIndex& index) {
  return upscaler_family(UpscalerNames(index).canonical(index)).has_value();
}

UpscalerSummary summarise_upscaler(const weights::TensorIndex& index) {
  const weights::TensorIndex canonical = UpscalerNames(index).canonical(index);
  const std::optional<UpscalerFamily> family = upscaler_family(canonical);
  if (!family) refuse(index, "the file");
  weights::require_sound_shapes(canonical);
  return {.family = name_of(*family), .scale = scale_of(*family, canonical)};
}

std::unique_ptr<Upscaler> load_upscaler(const io::TensorFile& file, at::ScalarType type, at::Device device) {
  const io::TensorFile plain = with_canonical_names(file);
  const weights::TensorIndex index = weights::index_of(plain);
  const std::optional<UpscalerFamily> family = upscaler_family(index);
  if (!family) refuse(weights::index_of(file), file.name());
  weights::require_sound_shapes(index);
  const weights::WeightLayout layout{.type = type, .device = device};
  switch (*family) {
    case UpscalerFamily::kEsrgan: return built<Esrgan>(plain, layout, infer_esrgan_config(index));
    case UpscalerFamily::kCompact: return built<Compact>(plain, layout, infer_compact_config(index));
    case UpscalerFamily::kSwinIr: return built<SwinIr>(plain, layout, infer_swin_ir_config(index));
    case UpscalerFamily::kDat: return built<Dat>(plain, layout, infer_dat_config(index));
    case UpscalerFamily::kHat: return built<Hat>(plain, layout, infer_hat_config(index));
    case UpscalerFamily::kSpan: return std::make_unique<Span>(plain, infer_span_config(index), layout);
  }
  return nullptr;
}

}  // namespace fude::models
