#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "io/tensor_file.h"
#include "models/adapters/adapter_layout.h"

namespace fude::models {

struct ChangeStrength {
  double multiplier = 1;
  /// Only this many first ranks of a plain LoRA are used; what alpha is divided by stays the full rank.
  std::optional<int64_t> dynamic_rank = {};
};

/// Why the module's tensors cannot be computed with: types without numbers, values that are infinite or no numbers.
/// Empty when they can.
std::string damage_of_values(const AdapterModule& module, const io::TensorFile& file);

/// Why the module cannot change a weight of this shape, told by values, once shapes gave no reason (misfit()); empty
/// when it can. Precondition: damage_of_values() gives no reason.
std::string misfit_of_values(const AdapterModule& module, const io::TensorFile& file,
                             std::span<const int64_t> weight_shape);

/// A weight with the module's change. weight: fp32, on any device, overwritten at will.
/// Precondition: misfit() and misfit_of_values() give no reason.
/// Formulas: LoRA (Hu et al. 2021), LoHa and LoKr (Yeh et al. 2023, LyCORIS), IA3 (Liu et al. 2022), GLoRA (Chavan et
/// al. 2023), OFT (Qiu et al. 2023), BOFT (Liu et al. 2023), DoRA (Liu et al. 2024, norm over the axes that the stored
/// magnitude does not have); the multiplier scales the difference to the unchanged weight.
at::Tensor changed_weight(const AdapterModule& module, const io::TensorFile& file, at::Tensor weight,
                          const ChangeStrength& strength);

/// The same for the module's bias, if it changes one.
at::Tensor changed_bias(const AdapterModule& module, const io::TensorFile& file, at::Tensor bias,
                        const ChangeStrength& strength);

/// Whether the module says anything about a bias.
bool changes_bias(const AdapterModule& module);

}  // namespace fude::models
