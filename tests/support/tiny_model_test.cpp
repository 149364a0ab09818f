#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/hash.h"
#include "io/tensor_file.h"

namespace fude::tests {
namespace {

class TinyModel : public ::testing::TestWithParam<std::string> {
 protected:
  static nlohmann::json expected() {
    std::ifstream file(std::filesystem::path(FUDE_GOLDEN_DIR) / "models/checksums.json");
    return nlohmann::json::parse(file).at(GetParam());
  }
};

TEST_P(TinyModel, HasThePublishedBytes) {
  const auto tensors = generate_tiny_model(GetParam());
  Sha256 hash;
  int64_t parameters = 0;
  for (const auto& [name, tensor] : tensors) {
    hash.update(std::span(static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()));
    parameters += tensor.numel();
  }
  EXPECT_EQ(tensors.size(), expected().at("tensors").get<std::size_t>());
  EXPECT_EQ(parameters, expected().at("parameters").get<int64_t>());
  EXPECT_EQ(hash.finish(), expected().at("sha256_of_data").get<std::string>());
}

TEST_P(TinyModel, ReadsBackFromItsFile) {
  const io::TensorFile file = io::TensorFile::open(tiny_model(GetParam()));
  const nlohmann::json samples = expected().at("check");
  for (const auto& [name, values] : samples.items()) {
    const at::Tensor flat = file.tensor(name).flatten().to(at::kDouble);
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(flat[static_cast<int64_t>(i)].item<double>(), values[i].get<double>()) << name << " " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, TinyModel,
                         ::testing::Values("micro-sd1", "tiny-sd1", "tiny-sd1-inpaint", "tiny-sd2v", "tiny-sdxl",
                                           "tiny-controlnet"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace fude::tests
