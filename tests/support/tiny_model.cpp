#include "tests/support/tiny_model.h"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/hash.h"
#include "io/safetensors_writer.h"

namespace fude::tests {
namespace {

// The rule is in the golden data's README, "Weight generator": every weight is a function of the model's seed, the
// tensor's name and the element's index.
constexpr uint64_t kGolden = 0x9E3779B97F4A7C15;

uint64_t splitmix64_finaliser(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

/// In [-1, 1), exact in float32: 24 bits.
float uniform(uint64_t stream, uint64_t index) {
  const uint64_t bits = splitmix64_finaliser(stream + (index + 1) * kGolden) >> 40;
  return static_cast<float>(bits) * 0x1p-23F - 1.0F;
}

at::Tensor uniform_tensor(uint64_t stream, const std::vector<int64_t>& shape, float scale, float offset) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  auto* const values = tensor.data_ptr<float>();
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    const float scaled = uniform(stream, static_cast<uint64_t>(i)) * scale;
    values[i] = scaled + offset;  // a statement of its own: a fused multiply-add would round once, not twice
  }
  return tensor;
}

at::Tensor generate(uint64_t seed, const nlohmann::json& entry) {
  const auto name = entry.at("name").get<std::string>();
  const auto kind = entry.at("kind").get<std::string>();
  const auto shape = entry.at("shape").get<std::vector<int64_t>>();
  if (kind == "arange") {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    return at::arange(count, at::kLong).view(shape);
  }
  const auto scale = static_cast<float>(entry.at("a").get<double>());
  at::Tensor values;
  if (kind == "const") {
    values = at::full(shape, scale, at::kFloat);
  } else if (kind == "uniform") {
    const auto offset = static_cast<float>(entry.at("b").get<double>());
    values = uniform_tensor(fnv1a64(name) ^ (seed * kGolden), shape, scale, offset);
  } else {
    fail(ErrorCode::kCorruptFile, "tensor '{}' is of kind '{}', expected uniform, const or arange", name, kind);
  }
  const at::Tensor rounded = values.to(at::kHalf);
  return entry.value("dtype", "F16") == "F32" ? rounded.to(at::kFloat) : rounded;
}

}  // namespace

at::Tensor golden_weight(uint64_t seed, const std::string& name, const std::vector<int64_t>& shape, double scale) {
  return uniform_tensor(fnv1a64(name) ^ (seed * kGolden), shape, static_cast<float>(scale), 0.0F);
}

std::vector<std::pair<std::string, at::Tensor>> generate_tiny_model(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(FUDE_GOLDEN_DIR) / "models" / (name + ".manifest.json");
  std::ifstream file(path);
  if (!file) fail(ErrorCode::kNotFound, "file '{}' does not exist", path.string());
  const nlohmann::json manifest = nlohmann::json::parse(file);
  const auto seed = manifest.at("seed").get<uint64_t>();
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  for (const nlohmann::json& entry : manifest.at("tensors")) {
    tensors.emplace_back(entry.at("name").get<std::string>(), generate(seed, entry));
  }
  return tensors;
}

std::filesystem::path tiny_model(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(FUDE_TINY_MODEL_DIR) / (name + ".safetensors");
  if (std::filesystem::exists(path)) return path;
  std::filesystem::create_directories(path.parent_path());
  const auto tensors = generate_tiny_model(name);
  // The writer renames a finished file into place, so a test running at the same time sees all of it or nothing.
  io::write_safetensors(path, std::map<std::string, at::Tensor>(tensors.begin(), tensors.end()));
  return path;
}

}  // namespace fude::tests
