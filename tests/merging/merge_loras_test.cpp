#include "merging/merge_loras.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "tests/support/temporary_folder.h"

namespace fude::merging {
namespace {

using Tensors = std::map<std::string, at::Tensor>;
using testing::HasSubstr;

class MergeLoras : public testing::Test {
 protected:
  LoraShare share(const std::string& name, const Tensors& tensors, double text = 1, double unet = 1,
                  const std::string& licence = "") {
    const auto path = folder_ / (name + ".safetensors");
    io::write_safetensors(
        path, tensors,
        {{"ss_base_model_version", "sd_v1"}, {"ss_sd_model_name", name}, {"modelspec.license", licence}});
    return {.name = name, .file = io::TensorFile::open(path), .text = text, .unet = unet};
  }

  static Tensors layer(const std::string& stem, int64_t rank, double alpha) {
    return {{stem + ".lora_up.weight", at::randn({12, rank})},
            {stem + ".lora_down.weight", at::randn({rank, 10})},
            {stem + ".alpha", at::scalar_tensor(alpha, at::kFloat)}};
  }

  static at::Tensor change(const Tensors& tensors, const std::string& stem) {
    const at::Tensor up = tensors.at(stem + ".lora_up.weight"), down = tensors.at(stem + ".lora_down.weight");
    return at::mm(up.to(at::kFloat), down.to(at::kFloat)) * (tensors.at(stem + ".alpha") / down.size(0));
  }

  std::string refusal(const std::vector<LoraShare>& shares) {
    try {
      merge_loras(shares, {}, StorageType::kSame);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  tests::TemporaryFolder folder_;
};

TEST_F(MergeLoras, AddsUpWhatTheyChange) {
  Tensors a = layer("lora_unet_x", 2, 1), b = layer("lora_unet_x", 3, 6);
  a.merge(layer("lora_te_y", 2, 2));
  const std::vector<LoraShare> shares{share("a", a, 0.5, 2), share("b", b, 1, -1)};
  const LoraTensors exact = merge_loras(shares, {}, StorageType::kSame);
  const at::Tensor expected = change(a, "lora_unet_x") * 2 - change(b, "lora_unet_x");
  EXPECT_TRUE(change(exact.tensors, "lora_unet_x").allclose(expected, 1e-4, 1e-4));
  EXPECT_TRUE(change(exact.tensors, "lora_te_y").allclose(change(a, "lora_te_y") * 0.5, 1e-4, 1e-4));
  EXPECT_EQ(exact.tensors.at("lora_unet_x.lora_down.weight").size(0), 5);
  EXPECT_EQ(exact.metadata.at("ss_network_dim"), "Dynamic");
  EXPECT_EQ(exact.metadata.at("ss_base_model_version"), "sd_v1");
  EXPECT_FALSE(exact.metadata.contains("ss_sd_model_name"));
  EXPECT_EQ(exact.metadata.at("modelspec.merged_from"), "a, b");

  const LoraTensors near =
      merge_loras(shares, LoraRanks{.linear = {.most = 5}, .conv = {.most = 5}}, StorageType::kHalf);
  EXPECT_TRUE(change(near.tensors, "lora_te_y").allclose(change(a, "lora_te_y") * 0.5, 2e-2, 2e-2));
  EXPECT_EQ(near.tensors.at("lora_te_y.lora_down.weight").size(0), 2);
}

TEST_F(MergeLoras, KnowsOneModuleByDifferentNames) {
  const Tensors a = layer("lora_te_text_model_encoder_layers_0_mlp_fc1", 2, 2);
  const at::Tensor up = at::randn({12, 1}), down = at::randn({1, 10});
  const Tensors b{{"text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_B.weight", up},
                  {"text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_A.weight", down}};
  const LoraTensors both = merge_loras({share("a", a), share("b", b)}, {}, StorageType::kSame);
  ASSERT_EQ(both.tensors.size(), 3u);
  const std::string stem = "lora_te_text_model_encoder_layers_0_mlp_fc1";
  EXPECT_TRUE(change(both.tensors, stem).allclose(change(a, stem) + at::mm(up, down), 1e-4, 1e-4));
}

TEST_F(MergeLoras, ShowsLicencesThatDiffer) {
  const Tensors a = layer("lora_unet_x", 2, 2);
  const LoraTensors both =
      merge_loras({share("a", a, 1, 1, "MIT"), share("b", a, 1, 1, "CC0-1.0")}, {}, StorageType::kSame);
  EXPECT_THAT(both.warnings, testing::ElementsAre(HasSubstr("licences differ")));
  EXPECT_EQ(both.metadata.at("modelspec.license"), "MIT AND CC0-1.0");
}

TEST_F(MergeLoras, NamesWhatDoesNotFit) {
  const Tensors a = layer("lora_unet_x", 2, 2);
  Tensors b = a;
  b["lora_unet_x.lora_up.weight"] = at::ones({13, 2});
  EXPECT_THAT(refusal({share("a", a), share("b", b)}), HasSubstr("of 'b' has another shape than in 'a'"));
  EXPECT_THAT(refusal({share("c", {{"x", at::ones({1})}})}), HasSubstr("'c' has no layers"));
  EXPECT_THAT(refusal({share("d", {{"lora_unet_x.diff", at::ones({2, 2})}})}), HasSubstr("'d': module 'unet_x'"));
}

}  // namespace
}  // namespace fude::merging
