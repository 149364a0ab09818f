#pragma once

#include <filesystem>

namespace fude::bench {

/// Writes a .safetensors file (2.1 GB) with every tensor of a Stable Diffusion 1.x checkpoint in fp16, filled with
/// small random numbers: its pictures are noise, its speed is a real one's. Needs little memory.
/// Throws Error(kOutOfResources) when the disk is full.
void write_random_checkpoint(const std::filesystem::path& path);

}  // namespace fude::bench
