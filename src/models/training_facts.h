#pragma once

#include <map>
#include <string>

#include "models/denoisers/unet_config.h"
#include "weights/tensor_index.h"

namespace fude::models {

enum class Told { kNo, kYes, kNotTold };

/// How a denoiser was trained, where its file tells. No shape shows it.
struct TrainingFacts {
  Told predicts_v = Told::kNotTold;    // the velocity (Salimans and Ho 2022, arXiv:2202.00512), not the noise
  bool has_zero_terminal_snr = false;  // noise levels that end in pure noise (Lin et al. 2023, arXiv:2305.08891)

  bool operator==(const TrainingFacts&) const = default;
};

/// Reads them off the metadata ("modelspec.prediction_type", https://github.com/Stability-AI/ModelSpec, or the
/// trainer's "ss_v_parameterization" and "ss_zero_terminal_snr") and the tensors "v_pred" and "ztsnr", which merging
/// and training tools leave as marks.
TrainingFacts training_facts(const weights::TensorIndex& index, const std::map<std::string, std::string>& metadata);

/// Whether U-Nets of this shape were published in both forms, so that one whose file does not tell may be either:
/// those of Stable Diffusion 2. Others predict the noise unless their file says otherwise.
bool comes_in_both_predictions(const UNetConfig& unet);

}  // namespace fude::models
