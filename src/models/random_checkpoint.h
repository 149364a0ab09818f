#pragma once

#include <filesystem>
#include <functional>

namespace fude::models {

/// Whose size a random checkpoint has.
enum class RandomFamily {
  kStableDiffusion1,  // 2.1 GB
  kSdxl,              // 6.9 GB
};

/// Writes a .safetensors file with every tensor of such a checkpoint in fp16, filled with small random numbers: its
/// pictures are noise, its speed is a real one's. Needs little memory. Throws Error(kOutOfResources) when the disk is
/// full.
void write_random_checkpoint(const std::filesystem::path& path, RandomFamily family);

/// Such a file for as long as this object lives, in the temporary folder; or one that stays.
class RandomCheckpoint {
 public:
  /// `kept_in`: a folder where it stays, and is taken from if it is there already; empty: none. `on_writing` is told
  /// the path before a file is written.
  explicit RandomCheckpoint(
      RandomFamily family, const std::filesystem::path& kept_in = {},
      const std::function<void(const std::filesystem::path&)>& on_writing = [](const std::filesystem::path&) {});
  ~RandomCheckpoint();
  RandomCheckpoint(const RandomCheckpoint&) = delete;
  RandomCheckpoint& operator=(const RandomCheckpoint&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool is_kept_;
};

}  // namespace fude::models
