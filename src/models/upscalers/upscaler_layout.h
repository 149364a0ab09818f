#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "io/tensor_file.h"
#include "weights/tensor_index.h"

namespace fude::models {

enum class UpscalerFamily { kEsrgan, kCompact, kSwinIr, kDat, kHat, kSpan };

/// "ESRGAN", "Real-ESRGAN compact", "SwinIR", "DAT", "HAT", "SPAN".
std::string_view name_of(UpscalerFamily family);

/// The name that a tensor of an upscaler's file has in the layout that the modules here are built from: without what
/// trainers put before it ("params_ema."), and ESRGAN's older names ("model.1.sub.0.RDB1.conv1.0.weight",
/// "RRDB_trunk.0.RDB1.conv1.weight") as those of BasicSR ("body.0.rdb1.conv1.weight").
class UpscalerNames {
 public:
  explicit UpscalerNames(const weights::TensorIndex& index);

  /// Absent for what is left out: weights beside averaged ones.
  std::optional<std::string> canonical(const std::string& name) const;

  /// All names and shapes.
  weights::TensorIndex canonical(const weights::TensorIndex& index) const;

 private:
  std::string plain_esrgan_name(const std::string& name) const;

  std::string prefix_;
  std::map<std::string, std::string> numbered_;  // "model.3" -> "conv_up1"
};

/// Which network the canonical names are of, by names and dimensions alone; absent when by no family's.
std::optional<UpscalerFamily> upscaler_family(const weights::TensorIndex& canonical);

/// The file with canonical names. Throws Error(kCorruptFile) where two tensors claim one name.
io::TensorFile with_canonical_names(const io::TensorFile& file);

}  // namespace fude::models
