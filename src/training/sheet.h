#pragma once

#include <ATen/ATen.h>

#include <filesystem>

namespace fude::training {

/// Writes pictures, uint8 [N,H,W,3], side by side in rows of `columns` into one PNG; missing ones at the end are white.
void write_sheet(const std::filesystem::path& path, const at::Tensor& pictures, std::int64_t columns);

}  // namespace fude::training
