#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fude::pipelines {

/// What a checkpoint's file says of its autoencoder: in "<name>.json" beside it, the web UI's notes about a model, the
/// member "vae". Absent where there is no such file, or it says nothing or "Automatic"; "None" is its own autoencoder.
std::optional<std::string> noted_autoencoder(const std::filesystem::path& checkpoint);

/// The first file, in natural order of file names ("v2" before "v10"), whose name begins with that of the checkpoint
/// without extension, as the web UI chooses; the checkpoint itself is not one. Absent when there is none.
std::optional<std::filesystem::path> autoencoder_named_like(const std::filesystem::path& checkpoint,
                                                            std::vector<std::filesystem::path> files);

/// Whether a file by its name is an autoencoder kept among checkpoints: "*.vae.safetensors", "*.vae.pt", "*.vae.ckpt".
bool is_called_autoencoder(const std::filesystem::path& file);

/// Whether `a` comes before `b` in an order that reads digits as numbers and does not tell capitals.
bool natural_less(std::string_view a, std::string_view b);

}  // namespace fude::pipelines
