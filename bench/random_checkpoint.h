#pragma once

#include <filesystem>

namespace fude::bench {

/// The random checkpoint as a file: kept in $FUDE_BENCH_CACHE when that is set, else written to the temporary folder
/// and removed at the end.
class RandomCheckpoint {
 public:
  /// Writes it if need be; see write_random_checkpoint.
  RandomCheckpoint();
  ~RandomCheckpoint();
  RandomCheckpoint(const RandomCheckpoint&) = delete;
  RandomCheckpoint& operator=(const RandomCheckpoint&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool is_kept_ = false;
};

/// Writes a .safetensors file (2.1 GB) with every tensor of a Stable Diffusion 1.x checkpoint in fp16, filled with
/// small random numbers: its pictures are noise, its speed is a real one's. Needs little memory.
/// Throws Error(kOutOfResources) when the disk is full.
void write_random_checkpoint(const std::filesystem::path& path);

}  // namespace fude::bench
