#include "models/training_facts.h"

#include <string_view>

namespace fude::models {
namespace {

std::string_view entry(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string_view() : std::string_view(found->second);
}

bool is_true(std::string_view text) { return text == "True" || text == "true" || text == "1"; }

Told predicts_v(const weights::TensorIndex& index, const std::map<std::string, std::string>& metadata) {
  const std::string_view stated = entry(metadata, "modelspec.prediction_type");
  if (stated == "v" || stated == "v_prediction") return Told::kYes;
  if (stated == "epsilon" || stated == "eps") return Told::kNo;
  if (index.contains("v_pred") || is_true(entry(metadata, "ss_v_parameterization"))) return Told::kYes;
  return Told::kNotTold;
}

}  // namespace

TrainingFacts training_facts(const weights::TensorIndex& index, const std::map<std::string, std::string>& metadata) {
  return {.predicts_v = predicts_v(index, metadata),
          .has_zero_terminal_snr = index.contains("ztsnr") || is_true(entry(metadata, "ss_zero_terminal_snr"))};
}

bool comes_in_both_predictions(const UNetConfig& unet) { return unet.has_linear_projections && unet.vector_dim == 0; }

}  // namespace fude::models
