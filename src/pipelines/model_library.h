#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/file_hash.h"
#include "io/hash_cache.h"
#include "io/tensor_file.h"
#include "models/stable_diffusion.h"

namespace fude::pipelines {

/// A model file by name: what users write and what pictures carry.
struct NamedFile {
  std::string name;  // file name without extension, a folder's name, or "Hajime"
  io::TensorFile file;
  io::FileHash hash;  // the first 10 digits of the SHA-256 of the whole file; of a folder's denoiser
};

/// Where models lie: `folder`/Stable-diffusion, `folder`/VAE, `folder`/Lora, `folder`/LyCORIS.
class ModelLibrary {
 public:
  /// Hashes of large files are kept in `hashes`, see HashCache; empty: nowhere.
  explicit ModelLibrary(std::filesystem::path folder, std::filesystem::path hashes = {})
      : folder_(std::move(folder)), hashes_(std::move(hashes)) {}

  /// A user's: the models and what is known of them in their data folder.
  static ModelLibrary of_data_dir(const std::filesystem::path& data_dir) {
    return ModelLibrary(data_dir / "models", data_dir / "model-hashes.json");
  }

  /// The same folders for names from strangers: a path names nothing, only what lies in the folders is found.
  ModelLibrary confined() const {
    ModelLibrary library = *this;
    library.takes_paths_ = false;
    return library;
  }
  bool takes_paths() const { return takes_paths_; }

  /// The same folders where some files of adapters go by other names than their own, as a picture's words call them;
  /// by no name at all where that is empty.
  ModelLibrary renamed(std::map<std::filesystem::path, std::string> names) const {
    ModelLibrary library = *this;
    library.names_ = std::move(names);
    return library;
  }
  bool is_renamed() const { return !names_.empty(); }

  /// What words call the file of a LoRA, a hypernetwork or a textual inversion: its name without extension.
  std::string name_of(const std::filesystem::path& path) const {
    const auto other = names_.find(path);
    return other == names_.end() ? path.stem().string() : other->second;
  }

  /// `name` is a path, a file name with or without extension, or "name [hash]" as the web UI titles a model; empty or
  /// "Hajime" is the embedded default model. A merge recipe stands for the model that it makes, see open_recipe_file().
  /// Throws Error(kNotFound) naming what is there and the nearest.
  NamedFile open_checkpoint(std::string_view name) const;

  /// Where such a file lies, not opened; empty for the embedded default model.
  std::filesystem::path find_checkpoint(std::string_view name) const;
  std::filesystem::path find_autoencoder(std::string_view name) const;

  /// The same for a separate autoencoder.
  NamedFile open_autoencoder(std::string_view name) const;

  /// The autoencoder that "Automatic" means for a checkpoint: the one that its notes name (noted_autoencoder), else a
  /// file named like it (autoencoder_named_like) in the VAE folder, or one called an autoencoder among the checkpoints
  /// or beside it; absent when there is none.
  std::optional<NamedFile> matching_autoencoder(const NamedFile& checkpoint) const;

  /// Where checkpoints lie.
  std::filesystem::path checkpoint_folder() const;

  /// The file of the LoRA (or one of its kin) that a prompt calls `name`: the file's name without extension, or the
  /// name that its trainer stored ("ss_output_name"). Capitals count. Throws Error(kNotFound) naming the nearest.
  std::filesystem::path find_lora(std::string_view name) const;

  /// All files that may be LoRAs.
  std::vector<std::filesystem::path> lora_files() const;

  /// The file of a hypernetwork by its name without extension, below `folder`/hypernetworks. Throws Error(kNotFound).
  std::filesystem::path find_hypernetwork(std::string_view name) const;

  /// Files that may be textual inversions, pictures included, below `folder`/embeddings and the folder "embeddings"
  /// beside `folder`, where the web UI has it; sorted by name.
  std::vector<std::filesystem::path> embedding_files() const;

  /// Files, and folders in the diffusers layout, that lie where one kind of model belongs, sorted by name.
  std::vector<std::filesystem::path> checkpoint_files() const;
  std::vector<std::filesystem::path> autoencoder_files() const;
  std::vector<std::filesystem::path> hypernetwork_files() const;

  /// The SHA-256 of a model's file (of the embedded model for an empty path) as far as it is known without reading a
  /// large file: 64 digits, or empty.
  std::string known_sha256(const std::filesystem::path& path) const;

  /// The same, read for it where it is not known yet, and kept; of a folder that of its denoiser. Throws Error as
  /// opening it does.
  std::string sha256(const std::filesystem::path& path, const HashProgress& on_progress = {}) const;

  /// Where a file lies below `folder`, with "/"; just its name when it lies elsewhere.
  std::string below_models(const std::filesystem::path& path) const;

  /// The same in any sub-folder.
  std::vector<std::filesystem::path> files_in(std::string_view kind) const;

 private:
  NamedFile open_path(const std::filesystem::path& path) const;
  std::filesystem::path find(std::string_view name, std::string_view kind) const;
  [[noreturn]] void refuse_network(std::string_view kind, std::string_view name, std::string_view place,
                                   const std::vector<std::filesystem::path>& files) const;

  std::filesystem::path folder_;
  io::HashCache hashes_;
  bool takes_paths_ = true;
  std::map<std::filesystem::path, std::string> names_;
};

}  // namespace fude::pipelines
