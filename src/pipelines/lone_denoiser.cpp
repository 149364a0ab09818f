#include "pipelines/lone_denoiser.h"

#include <optional>

#include "core/error.h"
#include "models/companions.h"
#include "weights/model_files.h"
#include "weights/state_dict.h"

namespace fude::pipelines {
namespace {

// A file that cannot be read is none that fits.
std::optional<io::TensorFile> open_if_fitting(const weights::TensorIndex& denoiser, const std::filesystem::path& path) {
  try {
    io::TensorFile file = weights::open_model(path);
    if (models::fits_denoiser(denoiser, weights::index_of(file))) return file;
  } catch (const Error&) {
    return std::nullopt;
  }
  return std::nullopt;
}

io::TensorFile first_fitting(const ModelLibrary& library, const io::TensorFile& denoiser) {
  const weights::TensorIndex index = weights::index_of(denoiser);
  const io::TensorFile embedded = library.open_checkpoint("").file;
  if (models::fits_denoiser(index, weights::index_of(embedded))) return embedded;
  for (const std::filesystem::path& path : library.checkpoint_files()) {
    if (auto file = open_if_fitting(index, path)) return *std::move(file);
  }
  fail(
      ErrorCode::kUnsupportedModel,
      "'{}' is a U-Net alone, and no checkpoint in the models folder has text encoders and an autoencoder that fit it; "
      "name one with --text-encoder",
      denoiser.name());
}

}  // namespace

NamedFile with_text_and_autoencoder(const ModelLibrary& library, NamedFile checkpoint, const std::string& companion) {
  if (!models::is_denoiser_alone(weights::index_of(checkpoint.file))) return checkpoint;
  const io::TensorFile other =
      companion.empty() ? first_fitting(library, checkpoint.file) : library.open_checkpoint(companion).file;
  checkpoint.file = models::with_companion(checkpoint.file, other);
  return checkpoint;
}

}  // namespace fude::pipelines
