#include "merging/lora_file.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/hash.h"
#include "io/model_hashes.h"
#include "io/safetensors_writer.h"
#include "tests/support/temporary_folder.h"
#include "weights/state_dict.h"

namespace fude::merging {
namespace {

using testing::HasSubstr;
using Tensors = std::map<std::string, at::Tensor>;

class LoraFile : public testing::Test {
 protected:
  LoraLayer read(const Tensors& tensors) {
    io::write_safetensors(folder_ / "lora.safetensors", tensors);
    const io::TensorFile file = io::TensorFile::open(folder_ / "lora.safetensors");
    const models::AdapterLayout layout = models::read_adapter_layout(weights::index_of(file));
    if (layout.modules.empty()) fail(ErrorCode::kInvalidArgument, "the test's file has no modules");
    return read_lora_layer(layout.modules.front(), file);
  }

  std::string refusal(const Tensors& tensors) {
    try {
      read(tensors);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  tests::TemporaryFolder folder_;
};

TEST_F(LoraFile, ReadsALayerAndWritesItAgain) {
  const at::Tensor up = at::rand({6, 2, 1, 1}), down = at::rand({2, 3, 3, 3});
  const LoraLayer layer = read({{"lora_unet_x.lora_up.weight", up},
                                {"lora_unet_x.lora_down.weight", down},
                                {"lora_unet_x.alpha", at::ones({})}});
  EXPECT_EQ(layer.scale, 0.5);
  EXPECT_EQ(layer.kernel, (std::vector<int64_t>{3, 3}));
  LoraTensors lora;
  add_lora_layer(lora, "lora_unet_x", layer, at::kFloat);
  EXPECT_TRUE(lora.tensors.at("lora_unet_x.lora_up.weight").equal(up));
  EXPECT_TRUE(lora.tensors.at("lora_unet_x.lora_down.weight").equal(down));
  EXPECT_EQ(lora.tensors.at("lora_unet_x.alpha").item<float>(), 1);
}

TEST_F(LoraFile, MultipliesATuckerMiddleIntoTheLowerFactor) {
  const at::Tensor up = at::rand({6, 2, 1, 1}), middle = at::rand({2, 3, 3, 3}), down = at::rand({3, 5, 1, 1});
  const LoraLayer layer = read({{"lora_unet_x.lora_up.weight", up},
                                {"lora_unet_x.lora_mid.weight", middle},
                                {"lora_unet_x.lora_down.weight", down}});
  const at::Tensor expected = at::einsum("op,pqyx,qi->oiyx", {up.flatten(1), middle, down.flatten(1)});
  EXPECT_TRUE(layer.factors.product().allclose(expected.flatten(1), 1e-4, 1e-5));
  EXPECT_EQ(stored_down(layer).sizes(), (at::IntArrayRef{2, 5, 3, 3}));
}

TEST_F(LoraFile, RefusesWhatIsNoPlainLayer) {
  const at::Tensor up = at::ones({4, 2}), down = at::ones({2, 3});
  const auto with = [&](const std::string& name, const at::Tensor& tensor) {
    Tensors tensors{{"lora_unet_x.lora_up.weight", up}, {"lora_unet_x.lora_down.weight", down}};
    tensors["lora_unet_x." + name] = tensor;
    return refusal(tensors);
  };
  EXPECT_EQ(with("alpha", at::ones({})), "accepted");
  EXPECT_THAT(with("dora_scale", at::ones({4, 1})), HasSubstr("is DoRA"));
  EXPECT_THAT(with("alpha", at::ones({2})), HasSubstr("several numbers"));
  EXPECT_THAT(with("alpha", at::full({}, NAN)), HasSubstr("not finite"));
  EXPECT_THAT(with("lora_up.weight", at::full({4, 2}, INFINITY)), HasSubstr("not finite"));
  EXPECT_THAT(with("lora_up.weight", at::ones({4, 3})), HasSubstr("rank"));
  EXPECT_THAT(with("lora_up.weight", at::ones({4})), HasSubstr("no matrices"));
  EXPECT_THAT(with("lora_mid.weight", at::ones({2, 2})), HasSubstr("no matrices"));
  EXPECT_THAT(with("lora_down.weight", at::ones({0, 3})), HasSubstr("rank"));
  EXPECT_THAT(refusal({{"lora_unet_x.diff", at::ones({2, 2})}}), HasSubstr("is full difference, expected plain LoRA"));
}

TEST_F(LoraFile, IsSavedWithItsHashes) {
  LoraTensors lora;
  add_lora_layer(lora, "lora_te_x", {.factors = {at::rand({600, 700}), at::rand({700, 300})}}, at::kHalf);
  lora.metadata["ss_network_dim"] = "700";
  lora.metadata["modelspec.title"] = "x";
  save_lora(folder_ / "saved.safetensors", lora);
  const io::TensorFile file = io::TensorFile::open(folder_ / "saved.safetensors");
  std::size_t data_size = 0;
  for (const auto& [name, tensor] : lora.tensors) data_size += tensor.nbytes();
  EXPECT_EQ(file.metadata().at("sshs_model_hash"), sha256_hex(file.bytes().last(data_size)));
  EXPECT_EQ(file.metadata().at("sshs_legacy_hash").size(), 8u);

  // The old hash does not look at other metadata.
  lora.metadata["modelspec.title"] = "another";
  save_lora(folder_ / "other.safetensors", lora);
  EXPECT_EQ(io::TensorFile::open(folder_ / "other.safetensors").metadata().at("sshs_legacy_hash"),
            file.metadata().at("sshs_legacy_hash"));
  lora.tensors.begin()->second = at::ones({1});
  lora.tensors.rbegin()->second = at::zeros({1});
  save_lora(folder_ / "small.safetensors", lora);
  EXPECT_NE(io::TensorFile::open(folder_ / "small.safetensors").metadata().at("sshs_legacy_hash"),
            file.metadata().at("sshs_legacy_hash"));
}

TEST(KohyaName, TellsOneTextEncoderFromTwo) {
  EXPECT_EQ(kohya_name("te1_text_model_x", false), "lora_te_text_model_x");
  EXPECT_EQ(kohya_name("te1_text_model_x", true), "lora_te1_text_model_x");
  EXPECT_EQ(kohya_name("te2_text_model_x", true), "lora_te2_text_model_x");
  EXPECT_EQ(kohya_name("unet_x", false), "lora_unet_x");
}

TEST(NetworkSizeText, IsDynamicWhenRanksDiffer) {
  NetworkSize size;
  std::map<std::string, std::string> metadata;
  size.add({.factors = {at::ones({4, 2}), at::ones({2, 4})}, .scale = 0.25});
  size.write(metadata);
  EXPECT_EQ(metadata.at("ss_network_dim"), "2");
  EXPECT_EQ(metadata.at("ss_network_alpha"), "0.5");
  size.add({.factors = {at::ones({4, 1}), at::ones({1, 4})}, .scale = 0.5});
  size.write(metadata);
  EXPECT_EQ(metadata.at("ss_network_dim"), "Dynamic");
  EXPECT_EQ(metadata.at("ss_network_alpha"), "0.5");
}

}  // namespace
}  // namespace fude::merging
