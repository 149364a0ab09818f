#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <map>
#include <string>

namespace fude::io {

/// Writes a .safetensors file, all or nothing (core/platform/atomic_file.h). Tensors of any device and stride keep
/// their type; they are ordered by falling element size, then name, and the data begins at a multiple of 64 bytes,
/// so a reader can use every tensor in place. The same content gives the same bytes.
/// Throws Error: kInvalidArgument (a type that cannot be stored, text that is not UTF-8, a tensor called
/// "__metadata__", an unwritable place), kNotFound (no such folder), kOutOfResources (disk full).
void write_safetensors(const std::filesystem::path& path, const std::map<std::string, at::Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace fude::io
