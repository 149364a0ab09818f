#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace fude::tests {

/// The path of a golden tiny model (tests/golden/models/NAME.manifest.json: "tiny-sd1", "tiny-sd1-inpaint",
/// "tiny-sd2v", "tiny-sdxl", "tiny-controlnet", "micro-sd1") as a .safetensors file with fp16 weights. It is made in
/// the build folder when it is first asked for, in well under a second; tests running side by side are safe.
std::filesystem::path tiny_model(const std::string& name);

/// The same tensors in memory, in the manifest's order, which is what checksums.json counts in.
std::vector<std::pair<std::string, at::Tensor>> generate_tiny_model(const std::string& name);

/// A tensor by the golden data's rule for weights: uniform in [-scale, scale), a function of seed and name. fp32.
at::Tensor golden_weight(uint64_t seed, const std::string& name, const std::vector<int64_t>& shape, double scale);

}  // namespace fude::tests
