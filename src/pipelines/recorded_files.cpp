#include "pipelines/recorded_files.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/hash.h"
#include "core/platform/mapped_file.h"
#include "io/model_hashes.h"
#include "merging/merge_recipe.h"
#include "models/embedded/embedded_model.h"
#include "pipelines/infotext_writer.h"
#include "pipelines/upscaler_library.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kOldDigits = 8;  // of the first kind of model hash

std::string listed_stem(const fs::path& path) { return listed_name(path.stem().string()); }

// "sub/name.safetensors" and "name" both stand for "name".
std::string stem_of(const std::string& name) {
  const fs::path path(name);
  return path.extension() == ".safetensors" || path.extension() == ".ckpt" ? path.stem().string()
                                                                           : path.filename().string();
}

}  // namespace

RecordedFile recorded_file(std::string_view title) {
  const std::size_t bracket = title.rfind(" [");
  if (!title.ends_with(']') || bracket == std::string_view::npos) return {.name = std::string(title)};
  return {.name = std::string(title.substr(0, bracket)),
          .hash = std::string(title.substr(bracket + 2, title.size() - bracket - 3))};
}

bool is_hash(std::string_view hash, std::string_view recorded) {
  const std::size_t digits = std::min(hash.size(), recorded.size());
  return digits >= kOldDigits && hash.substr(0, digits) == recorded.substr(0, digits);
}

RecordedFiles::RecordedFiles(const ModelLibrary& library, std::function<void(const fs::path&)> on_file)
    : library_(library), on_file_(std::move(on_file)) {}

std::optional<fs::path> RecordedFiles::checkpoint(const RecordedFile& file) const {
  std::vector<fs::path> files = library_.checkpoint_files();
  files.emplace_back();  // the embedded one
  const auto found = find(files, file, [&](const fs::path& path) { return whole_hash(path, file.hash); });
  if (found || file.name.empty()) return found;
  try {  // a recipe has no file of its own to hash
    const fs::path recipe = library_.confined().find_checkpoint(file.name);
    const bool is_recipe = recipe.extension() == merging::kRecipeExtension;
    const bool is_it = is_recipe && is_hash(library_.open_checkpoint(file.name).hash.digits(), file.hash);
    return is_it ? std::optional(recipe) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<fs::path> RecordedFiles::autoencoder(const RecordedFile& file) const {
  return find(library_.autoencoder_files(), file, [&](const fs::path& path) { return whole_hash(path, file.hash); });
}

std::optional<fs::path> RecordedFiles::upscaler(const RecordedFile& file) const {
  const UpscalerLibrary upscalers(library_, /*takes_paths=*/false);
  if (file.hash.empty()) return upscalers.find_file(file.name);
  return find(upscalers.files(), file, [&](const fs::path& path) { return whole_hash(path, file.hash); });
}

std::optional<fs::path> RecordedFiles::lora(const RecordedFile& file) const {
  if (!file.hash.empty()) {
    return find(library_.lora_files(), file,
                [](const fs::path& path) { return io::adapter_hash(io::TensorFile::open(path)); });
  }
  try {
    return library_.find_lora(file.name);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<fs::path> RecordedFiles::hypernetwork(const RecordedFile& file) const {
  return find(library_.hypernetwork_files(), file, [&](const fs::path& path) { return whole_hash(path, file.hash); });
}

std::optional<fs::path> RecordedFiles::among(const std::vector<fs::path>& files, const RecordedFile& file) const {
  return find(files, file, [&](const fs::path& path) { return whole_hash(path, file.hash); });
}

std::optional<fs::path> RecordedFiles::word(const RecordedFile& file) const {
  return find(library_.embedding_files(), file,
              [](const fs::path& path) { return sha256_hex(platform::MappedFile::open(path)->bytes()); });
}

std::string RecordedFiles::request_name(const fs::path& path) const {
  if (path.empty()) return std::string(models::kEmbeddedModelName);
  if (library_.takes_paths()) return path.string();
  const std::string place = library_.below_models(path);
  const std::size_t slash = place.find('/');  // behind the folder of its kind
  return slash == std::string::npos ? place : place.substr(slash + 1);
}

std::string RecordedFiles::whole_hash(const fs::path& path, std::string_view recorded) const {
  if (path.empty()) return library_.known_sha256(path);
  if (on_file_ && library_.known_sha256(path).empty()) on_file_(path);
  std::string sha256 = library_.sha256(path);
  if (recorded.size() != kOldDigits || is_hash(sha256, recorded)) return sha256;
  return io::model_hashes(io::TensorFile::open(path)).auto_v1;
}

std::optional<fs::path> RecordedFiles::find(const std::vector<fs::path>& files, const RecordedFile& file,
                                            const HashOf& hash_of) const {
  std::vector<fs::path> ordered = files;
  const std::string stem = stem_of(file.name);
  const auto rest = std::ranges::stable_partition(ordered, [&](const fs::path& path) {
    if (path.empty()) return stem == models::kEmbeddedModelName;
    return listed_stem(path) == listed_name(stem) || path.filename() == stem;
  });
  if (file.hash.empty()) {
    return rest.begin() == ordered.begin() ? std::nullopt : std::optional(ordered.front());
  }
  for (const fs::path& path : ordered) {
    try {
      if (is_hash(hash_of(path), file.hash)) return path;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;  // a damaged file is nobody's
    }
  }
  return std::nullopt;
}

}  // namespace fude::pipelines
