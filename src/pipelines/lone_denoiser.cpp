#include "pipelines/lone_denoiser.h"

#include <optional>
#include <utility>

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

/// The file that completes a U-Net.
struct Companion {
  io::TensorFile file;
  io::FileHash hash;
};

// Of a file from the library's lists; the empty path is the embedded model's.
io::FileHash hash_of(const ModelLibrary& library, const std::filesystem::path& path) {
  return io::FileHash([library, path](const HashProgress& on_progress) {
    constexpr std::size_t kDigits = 10;
    return library.sha256(path, on_progress).substr(0, kDigits);
  });
}

Companion first_fitting(const ModelLibrary& library, const io::TensorFile& denoiser) {
  const weights::TensorIndex index = weights::index_of(denoiser);
  const NamedFile embedded = library.open_checkpoint("");
  if (models::fits_denoiser(index, weights::index_of(embedded.file))) return {embedded.file, embedded.hash};
  for (const std::filesystem::path& path : library.checkpoint_files()) {
    if (auto file = open_if_fitting(index, path)) return {*std::move(file), hash_of(library, path)};
  }
  fail(
      ErrorCode::kUnsupportedModel,
      "'{}' is a U-Net alone, and no checkpoint in the models folder has text encoders and an autoencoder that fit it; "
      "name one with --text-encoder",
      denoiser.name());
}

Companion named(const ModelLibrary& library, const std::string& name) {
  const NamedFile checkpoint = library.open_checkpoint(name);
  return {checkpoint.file, checkpoint.hash};
}

}  // namespace

CompleteCheckpoint with_text_and_autoencoder(const ModelLibrary& library, NamedFile checkpoint,
                                             const std::string& companion) {
  if (!models::is_denoiser_alone(weights::index_of(checkpoint.file))) return {.checkpoint = std::move(checkpoint)};
  const Companion other = companion.empty() ? first_fitting(library, checkpoint.file) : named(library, companion);
  checkpoint.file = models::with_companion(checkpoint.file, other.file);
  return {.checkpoint = std::move(checkpoint), .companion = other.hash};
}

}  // namespace fude::pipelines
