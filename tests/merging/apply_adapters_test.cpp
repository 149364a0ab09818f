#include "merging/apply_adapters.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::merging {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

AppliedAdapter golden_adapter(const std::string& name, models::AdapterStrength strength = {}) {
  return {
      .name = name,
      .adapter = std::make_shared<const models::Adapter>(tests::golden_tensors("loras/" + name + ".safetensors"), name),
      .strength = strength};
}

class ApplyAdapters : public testing::Test {
 protected:
  io::TensorFile apply(const std::vector<AppliedAdapter>& adapters, StorageType type) {
    report_ = apply_adapters(model_, adapters, type, folder_ / "out.safetensors");
    return io::TensorFile::open(folder_ / "out.safetensors");
  }

  tests::TemporaryFolder folder_;
  Parent model_ = Parent::open(tests::tiny_model("tiny-sd1"));
  ApplyReport report_;
};

// What a tag in a prompt does are the patches of add_patches().
TEST_F(ApplyAdapters, ChangesWhatATagInAPromptChanges) {
  const std::vector<AppliedAdapter> adapters{golden_adapter("lora", {.text = 0.5, .unet = 0.8}),
                                             golden_adapter("dora")};
  const io::TensorFile out = apply(adapters, StorageType::kFloat);

  const weights::TensorIndex index = weights::index_of(model_.file);
  const models::ModuleTable table(index);
  weights::WeightPatches patches;
  for (const AppliedAdapter& applied : adapters) {
    models::add_patches(applied.adapter, applied.strength, index, table, patches);
  }
  EXPECT_EQ(report_.changed, patches.size());
  for (const auto& [name, record] : model_.file.tensors()) {
    at::Tensor expected = model_.file.tensor(name);
    if (expected.is_floating_point()) expected = expected.to(at::kFloat);
    if (const auto found = patches.find(name); found != patches.end()) {
      for (const weights::WeightPatch& patch : found->second) expected = patch.apply(expected.clone());
    }
    EXPECT_TRUE(out.tensor(name).equal(expected)) << name;
  }
}

TEST_F(ApplyAdapters, KeepsTheTypeOfTheModelUnlessAskedOtherwise) {
  const std::string name = "model.diffusion_model.out.2.weight";
  EXPECT_EQ(apply({golden_adapter("lora")}, StorageType::kSame).tensor(name).scalar_type(), at::kHalf);
  EXPECT_EQ(apply({golden_adapter("lora")}, StorageType::kBFloat16).tensor(name).scalar_type(), at::kBFloat16);
}

TEST_F(ApplyAdapters, NamesTheAdaptersAndTheirLicences) {
  io::write_safetensors(folder_ / "licensed.safetensors",
                        {{"lora_unet_conv_in.lora_up.weight", at::zeros({32, 1, 1, 1})},
                         {"lora_unet_conv_in.lora_down.weight", at::zeros({1, 4, 3, 3})}},
                        {{"modelspec.license", "MIT"}});
  const auto file = io::TensorFile::open(folder_ / "licensed.safetensors");
  const io::TensorFile out =
      apply({{.name = "licensed", .adapter = std::make_shared<const models::Adapter>(file, "x")}}, StorageType::kSame);
  EXPECT_EQ(out.metadata().at("modelspec.license"), "MIT");
  EXPECT_EQ(out.metadata().at("modelspec.merged_from"), model_.name + ", licensed");
  EXPECT_THAT(report_.warnings, ElementsAre(HasSubstr("names no licence")));
}

TEST_F(ApplyAdapters, LeavesOutWhatHasNoPlaceAndRefusesWhatHasNoneAtAll) {
  apply({golden_adapter("sdxl")}, StorageType::kSame);  // the small text encoders of both kinds have the same layers
  EXPECT_THAT(report_.warnings, ElementsAre(HasSubstr("modules of 'sdxl' have no place in 'tiny-sd1'")));

  io::write_safetensors(folder_ / "alien.safetensors", {{"lora_unet_x.lora_up.weight", at::ones({4, 1})},
                                                        {"lora_unet_x.lora_down.weight", at::ones({1, 4})}});
  std::filesystem::remove(folder_ / "out.safetensors");
  const auto file = io::TensorFile::open(folder_ / "alien.safetensors");
  try {
    apply({{.name = "alien", .adapter = std::make_shared<const models::Adapter>(file, "x")}}, StorageType::kSame);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("none of the 1 modules of 'alien' fits 'tiny-sd1'"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.safetensors"));
}

}  // namespace
}  // namespace fude::merging
