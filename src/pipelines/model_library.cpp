#include "pipelines/model_library.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "core/error.h"
#include "core/folder_walk.h"
#include "core/nearest_name.h"
#include "core/platform/mapped_file.h"
#include "io/diffusers_folder.h"
#include "io/model_hashes.h"
#include "merging/merge_recipe.h"
#include "models/embedded/embedded_model.h"
#include "pipelines/autoencoder_choice.h"
#include "pipelines/recipe_models.h"
#include "weights/model_files.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> kExtensions = {".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf"};
constexpr std::size_t kHashDigits = 10;
constexpr std::uintmax_t kWorthKeeping = 16 << 20;  // bytes; hashing less takes no time
constexpr std::string_view kCheckpoints = "Stable-diffusion";
constexpr std::string_view kAutoencoders = "VAE";
constexpr std::array<std::string_view, 2> kLoras = {"Lora", "LyCORIS"};
constexpr std::string_view kHypernetworks = "hypernetworks";
constexpr std::string_view kEmbeddings = "embeddings";

bool is_model_file(const fs::path& path) {
  return std::ranges::find(kExtensions, path.extension()) != kExtensions.end();
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// Of a file without its extension; a folder's name has none.
std::string model_name(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return path.stem().string();
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

// SHA-256 of the whole file, whose pages do not stay in this process's memory.
std::string hash_and_forget(const io::TensorFile& file, const HashProgress& progress) {
  std::size_t forgotten = 0;
  return sha256_hex(file.bytes(), [&](std::size_t done) {
    file.forget(file.bytes().subspan(forgotten, done - forgotten));
    forgotten = done;
    if (progress) progress(done);
  });
}

io::FileHash hash_of(const io::TensorFile& file) {
  return io::FileHash(
      [file](const HashProgress& progress) { return hash_and_forget(file, progress).substr(0, kHashDigits); });
}

std::vector<fs::path> files_below(const fs::path& folder, const std::function<bool(const fs::path&)>& is_wanted) {
  std::vector<fs::path> files;
  walk_folder(folder, [&](const fs::path& path) {
    if (is_wanted(path)) files.push_back(path);
    return !io::is_diffusers_folder(path);  // the files in such a folder are parts of one model
  });
  std::ranges::sort(files);
  return files;
}

// What the trainer called an adapter; empty where the file does not say, or cannot be read.
std::string trained_name(const fs::path& path) {
  try {
    const io::TensorFile file = io::TensorFile::open(path);
    const auto entry = file.metadata().find("ss_output_name");
    return entry == file.metadata().end() ? std::string() : entry->second;
  } catch (const Error&) {
    return {};  // a broken file that nobody asked for
  }
}

bool is_outside(const fs::path& path, const fs::path& folder) {
  const fs::path below = path.lexically_normal().lexically_relative(folder.lexically_normal());
  return below.empty() || *below.begin() == "..";
}

// "name.safetensors [0123456789]" -> "name.safetensors"
std::string_view without_hash(std::string_view title) {
  if (!title.ends_with(']')) return title;
  const std::size_t bracket = title.rfind(" [");
  return bracket == std::string_view::npos ? title : title.substr(0, bracket);
}

}  // namespace

NamedFile ModelLibrary::open_path(const fs::path& path) const {
  const auto stamp = io::stamp_of(path);
  io::TensorFile file = weights::open_model(path);
  NamedFile named{.name = model_name(path), .file = file, .hash = hash_of(file)};
  if (!stamp || stamp->size < kWorthKeeping) return named;
  if (const auto known = hashes_.find(*stamp)) {
    named.hash = known->substr(0, kHashDigits);
  } else {
    named.hash = io::FileHash([file, stamp = *stamp, hashes = hashes_](const HashProgress& progress) {
      const std::string sha256 = hash_and_forget(file, progress);
      hashes.keep(stamp, sha256);
      return sha256.substr(0, kHashDigits);
    });
  }
  return named;
}

NamedFile ModelLibrary::open_checkpoint(std::string_view name) const {
  if (const fs::path path = find_checkpoint(name); !path.empty()) {
    return path.extension() == merging::kRecipeExtension ? open_recipe_file(path, *this) : open_path(path);
  }
  const io::TensorFile file = models::embedded_model();
  return {.name = std::string(models::kEmbeddedModelName), .file = file, .hash = hash_of(file)};
}

fs::path ModelLibrary::find_checkpoint(std::string_view name) const {
  const bool is_embedded = name.empty() || without_hash(name) == models::kEmbeddedModelName;
  return is_embedded ? fs::path() : find(name, kCheckpoints);
}

fs::path ModelLibrary::find_autoencoder(std::string_view name) const { return find(name, kAutoencoders); }

NamedFile ModelLibrary::open_autoencoder(std::string_view name) const { return open_path(find_autoencoder(name)); }

std::optional<NamedFile> ModelLibrary::matching_autoencoder(const NamedFile& checkpoint) const {
  const fs::path path = checkpoint.file.name();
  if (const auto noted = noted_autoencoder(path)) {
    if (*noted == "None") return std::nullopt;
    return open_autoencoder(*noted);
  }
  std::vector<fs::path> files = autoencoder_files();
  for (const fs::path& file : checkpoint_files()) {
    if (is_called_autoencoder(file)) files.push_back(file);
  }
  std::error_code missing;
  for (fs::directory_iterator entry(path.parent_path(), missing), end; !missing && entry != end;
       entry.increment(missing)) {
    if (is_called_autoencoder(entry->path())) files.push_back(entry->path());
  }
  if (const auto found = autoencoder_named_like(path, std::move(files))) return open_path(*found);
  return std::nullopt;
}

std::string ModelLibrary::known_sha256(const fs::path& path) const {
  if (path.empty()) {
    static const std::string embedded = sha256_hex(models::embedded_model().bytes());
    return embedded;
  }
  const auto stamp = io::stamp_of(path);
  if (!stamp) return {};
  if (stamp->size >= kWorthKeeping) return hashes_.find(*stamp).value_or("");
  return sha256_hex(platform::MappedFile::open(path)->bytes());
}

std::string ModelLibrary::sha256(const fs::path& path, const HashProgress& on_progress) const {
  if (std::string known = known_sha256(path); !known.empty()) return known;
  const auto stamp = io::stamp_of(path);
  std::string sha256 = hash_and_forget(weights::open_model(path), on_progress);
  if (stamp) hashes_.keep(*stamp, sha256);
  return sha256;
}

std::string ModelLibrary::below_models(const fs::path& path) const {
  return (is_outside(path, folder_) ? path.filename() : path.lexically_relative(folder_)).generic_string();
}

fs::path ModelLibrary::checkpoint_folder() const { return folder_ / kCheckpoints; }

std::vector<fs::path> ModelLibrary::checkpoint_files() const { return files_in(kCheckpoints); }

std::vector<fs::path> ModelLibrary::autoencoder_files() const { return files_in(kAutoencoders); }

std::vector<fs::path> ModelLibrary::hypernetwork_files() const { return files_in(kHypernetworks); }

std::vector<fs::path> ModelLibrary::lora_files() const {
  std::vector<fs::path> files;
  for (const std::string_view kind : kLoras) {
    for (fs::path& path : files_in(kind)) files.push_back(std::move(path));
  }
  return files;
}

fs::path ModelLibrary::find_lora(std::string_view name) const {
  const std::vector<fs::path> files = lora_files();
  const auto by_name = std::ranges::find_if(files, [&](const fs::path& path) { return name_of(path) == name; });
  if (by_name != files.end()) return *by_name;
  const auto by_alias = std::ranges::find_if(
      files, [&](const fs::path& path) { return !names_.contains(path) && trained_name(path) == name; });
  if (by_alias != files.end()) return *by_alias;
  refuse_network("lora", name, kLoras.front(), files);
}

fs::path ModelLibrary::find_hypernetwork(std::string_view name) const {
  const std::vector<fs::path> files = hypernetwork_files();
  const auto found = std::ranges::find_if(files, [&](const fs::path& path) { return name_of(path) == name; });
  if (found != files.end()) return *found;
  refuse_network("hypernet", name, kHypernetworks, files);
}

void ModelLibrary::refuse_network(std::string_view kind, std::string_view name, std::string_view place,
                                  const std::vector<fs::path>& files) const {
  std::vector<std::string> known;
  for (const fs::path& path : files) known.push_back(path.stem().string());
  fail(ErrorCode::kNotFound, "{} '{}' is not among the {} in '{}': put its file there or take it out of the prompt{}",
       kind, printable(name, 60), files.size(), printable((folder_.filename() / place).string()),
       did_you_mean(name, std::vector<std::string_view>(known.begin(), known.end())));
}

std::vector<fs::path> ModelLibrary::embedding_files() const {
  const auto is_embedding = [](const fs::path& path) {
    // Pictures that only show what an embedding does stand beside it.
    const bool is_picture = path.extension() == ".png" && path.stem().extension() != ".preview";
    return is_picture || is_model_file(path);
  };
  std::vector<fs::path> files = files_below(folder_ / kEmbeddings, is_embedding);
  for (fs::path& path : files_below(folder_.parent_path() / kEmbeddings, is_embedding)) {
    files.push_back(std::move(path));
  }
  return files;
}

std::vector<fs::path> ModelLibrary::files_in(std::string_view kind) const {
  return files_below(folder_ / kind,
                     [](const fs::path& path) { return is_model_file(path) || io::is_diffusers_folder(path); });
}

fs::path ModelLibrary::find(std::string_view name, std::string_view kind) const {
  const fs::path direct{std::string(name)};
  if (takes_paths_ && (is_there(direct) || (direct.has_parent_path() && is_model_file(direct)))) return direct;
  const std::string_view wanted = without_hash(name);
  std::vector<std::string> known = {std::string(models::kEmbeddedModelName)};
  for (const fs::path& path : files_in(kind)) {
    const bool is_named = path.filename() == wanted || model_name(path) == wanted;
    if (is_named || path.lexically_relative(folder_ / kind).generic_string() == wanted) return path;
    known.push_back(model_name(path));
  }
  for (const std::string_view ending : {std::string_view(), merging::kRecipeExtension}) {
    const fs::path recipe = folder_ / kind / (std::string(wanted) += ending);
    if (!takes_paths_ && is_outside(recipe, folder_ / kind)) continue;
    if (recipe.extension() == merging::kRecipeExtension && is_there(recipe)) return recipe;
  }
  fail(ErrorCode::kNotFound, "model '{}' is neither a file nor in '{}', which holds {} model{}{}", printable(name),
       (folder_.filename() / kind).string(), known.size() - 1, known.size() == 2 ? "" : "s",
       did_you_mean(wanted, std::vector<std::string_view>(known.begin(), known.end())));
}

}  // namespace fude::pipelines
