#include "models/companions.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "models/detect.h"
#include "models/stable_diffusion.h"

namespace fude::models {
namespace {

constexpr std::array<std::string_view, 3> kCompanions = {"first_stage_model.", "cond_stage_model.", "conditioner."};

bool is_companion(std::string_view name) {
  return std::ranges::any_of(kCompanions, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

}  // namespace

bool is_denoiser_alone(const weights::TensorIndex& index) { return detect(index).kind == FileKind::kDenoiser; }

bool fits_denoiser(const weights::TensorIndex& denoiser, const weights::TensorIndex& companion) {
  weights::TensorIndex together = denoiser;
  for (const auto& [name, shape] : companion) {
    if (is_companion(name)) together.insert_or_assign(name, shape);
  }
  try {
    infer_stable_diffusion_config(together, "");
    return true;
  } catch (const Error&) {
    return false;
  }
}

io::TensorFile with_companion(const io::TensorFile& denoiser, const io::TensorFile& companion) {
  io::Assembly assembly{.name = denoiser.name(),
                        .parts = {denoiser, companion},
                        .tensors = denoiser.tensors(),
                        .metadata = denoiser.metadata(),
                        .format = denoiser.format()};
  for (const auto& [name, record] : companion.tensors()) {
    if (is_companion(name)) assembly.tensors.insert_or_assign(name, record);
  }
  return io::TensorFile::assemble(std::move(assembly));
}

}  // namespace fude::models
