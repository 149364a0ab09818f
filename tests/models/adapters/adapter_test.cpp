#include "models/adapters/adapter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "models/stable_diffusion.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double kTolerance = 2e-5;

std::shared_ptr<const Adapter> golden_adapter(const std::string& name) {
  return std::make_shared<Adapter>(tests::golden_tensors("loras/" + name), name);
}

struct Patched {
  weights::WeightPatches patches;
  std::vector<PatchCount> counts;
};

// The patches of one golden case.
Patched patches_of(const nlohmann::json& entry, const weights::TensorIndex& checkpoint) {
  const ModuleTable table(checkpoint);
  Patched result;
  for (std::size_t i = 0; i < entry["files"].size(); ++i) {
    AdapterStrength strength{.text = entry["te_multiplier"][i], .unet = entry["unet_multiplier"][i]};
    if (!entry["dyn_dim"].is_null()) strength.dynamic_rank = entry["dyn_dim"].get<int64_t>();
    result.counts.push_back(
        add_patches(golden_adapter(entry["files"][i]), strength, checkpoint, table, result.patches));
  }
  return result;
}

// The recording program called SDXL's text encoders as it calls Stable Diffusion 1's.
std::string checkpoint_name(std::string name) {
  constexpr std::string_view kRecorded = "cond_stage_model.embedders.";
  return name.starts_with(kRecorded) ? "conditioner.embedders." + name.substr(kRecorded.size()) : name;
}

at::Tensor difference(const io::TensorFile& file, const std::string& name, const weights::WeightPatches& patches) {
  const at::Tensor before = file.tensor(name).to(at::kFloat);
  at::Tensor after = before.clone();
  for (const weights::WeightPatch& patch : patches.at(name)) after = patch.apply(std::move(after));
  return after - before;
}

class AdapterGolden : public ::testing::TestWithParam<int> {};

TEST_P(AdapterGolden, ChangesTheWeightsThatTheOriginalChangesAsMuch) {
  const auto golden = tests::golden_tensors("components/lora.safetensors");
  const auto description = tests::golden_json("components/lora.json");
  const auto& entry = description["cases"][GetParam()];
  const std::string name = entry["name"];
  const auto file = io::TensorFile::open(tests::tiny_model(entry["model"]));
  const Patched patched = patches_of(entry, weights::index_of(file));
  for (const PatchCount& count : patched.counts) {
    EXPECT_THAT(count.homeless, IsEmpty());
    EXPECT_THAT(count.misfits, IsEmpty());
  }
  std::vector<std::string> changed;
  for (const auto& recorded : entry["changed"]) {
    const std::string key = checkpoint_name(recorded);
    changed.push_back(key);
    const at::Tensor actual = difference(file, key, patched.patches);
    const std::string whole = name + "/delta/" + recorded.get<std::string>();
    const std::string head = name + "/delta8/" + recorded.get<std::string>();
    if (golden.tensors().contains(whole)) {
      EXPECT_TRUE(tests::close_to(actual, golden.tensor(whole), kTolerance)) << whole;
    } else if (golden.tensors().contains(head)) {
      const at::Tensor rows = actual.reshape({actual.size(0), -1}).narrow(0, 0, 8);
      EXPECT_TRUE(tests::close_to(rows, golden.tensor(head), kTolerance)) << head;
    }
  }
  std::vector<std::string> ours;
  for (const auto& [key, list] : patched.patches) ours.push_back(key);
  EXPECT_THAT(ours, ::testing::UnorderedElementsAreArray(changed));
}

INSTANTIATE_TEST_SUITE_P(Cases, AdapterGolden, ::testing::Range(0, 14));

TEST(AdapterGolden, CoversEveryRecordedCase) {
  EXPECT_EQ(tests::golden_json("components/lora.json")["cases"].size(), 14u);
}

TEST(AdapterGolden, DrivesTheRunningUNetAndLeavesItAsItWas) {
  const auto golden = tests::golden_tensors("components/lora.safetensors");
  const auto file = io::TensorFile::open(tests::tiny_model("tiny-sd1"));
  StableDiffusion model = load_stable_diffusion(file, {});
  const auto predict = [&] {
    return model.unet.forward(golden.tensor("eps_input.x"), at::full({1}, 321.0F), golden.tensor("eps_input.context"));
  };
  const at::Tensor base = predict();
  EXPECT_TRUE(tests::close_to(base, golden.tensor("base/eps"), kTolerance));
  const auto description = tests::golden_json("components/lora.json");
  for (const auto& entry : description["cases"]) {
    if (entry["model"] != "tiny-sd1") continue;
    const std::string name = entry["name"];
    EXPECT_GT(model.weights.set_patches(patches_of(entry, weights::index_of(file)).patches), 0u);
    EXPECT_TRUE(tests::close_to(predict(), golden.tensor(name + "/eps"), kTolerance)) << name;
  }
  model.weights.set_patches({});
  EXPECT_TRUE(at::equal(predict(), base));
}

TEST(Adapter, ChangesThePlainChannelsOfAnInpaintingModelsFirstConvolution) {
  const auto golden = tests::golden_tensors("components/lora.safetensors");
  const auto file = io::TensorFile::open(tests::tiny_model("tiny-sd1-inpaint"));
  const auto index = weights::index_of(file);
  weights::WeightPatches patches;
  EXPECT_THAT(add_patches(golden_adapter("locon.safetensors"), {}, index, ModuleTable(index), patches).misfits,
              IsEmpty());
  const std::string name = "model.diffusion_model.input_blocks.0.0.weight";
  EXPECT_TRUE(
      tests::close_to(difference(file, name, patches), golden.tensor("locon_on_inpaint/delta/" + name), kTolerance));
}

class WrittenAdapter : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  io::TensorFile model_ = io::TensorFile::open(tests::tiny_model("micro-sd1"));
  weights::TensorIndex index_ = weights::index_of(model_);

  std::shared_ptr<const Adapter> write(const std::map<std::string, at::Tensor>& tensors) const {
    const auto path = folder_ / "adapter.safetensors";
    io::write_safetensors(path, tensors);
    return std::make_shared<Adapter>(io::TensorFile::open(path), "written");
  }

  PatchCount count(const std::map<std::string, at::Tensor>& tensors) const {
    weights::WeightPatches patches;
    return add_patches(write(tensors), {}, index_, ModuleTable(index_), patches);
  }
};

TEST_F(WrittenAdapter, IsRefusedWhenItChangesNothing) {
  EXPECT_THROW(write({{"something.weight", at::zeros({2})}}), Error);
}

TEST_F(WrittenAdapter, TellsWhichModulesTheModelDoesNotHave) {
  const PatchCount result = count({{"lora_unet_nowhere.lora_up.weight", at::zeros({8, 2})},
                                   {"lora_unet_nowhere.lora_down.weight", at::zeros({2, 8})}});
  EXPECT_THAT(result.homeless, ElementsAre("unet_nowhere"));
  EXPECT_EQ(result.applied, 0u);
}

TEST_F(WrittenAdapter, LeavesOutWhatDoesNotFit) {
  const PatchCount result = count({{"lora_unet_conv_in.lora_up.weight", at::zeros({8, 2})},
                                   {"lora_unet_conv_in.lora_down.weight", at::zeros({2, 8})}});
  ASSERT_EQ(result.misfits.size(), 1u);
  EXPECT_THAT(result.misfits[0], HasSubstr("'unet_conv_in' makes a change of [8, 8] for a weight of [32, 4, 3, 3]"));
}

TEST_F(WrittenAdapter, TakesTheFullFormOfBlockWeights) {
  weights::WeightPatches patches;
  const auto adapter = write({{"lora_unet_conv_in.diff", at::ones({32, 4, 3, 3})},
                              {"lora_unet_conv_out.diff", at::ones({4, 32, 3, 3})},
                              {"lora_unet_mid_block_resnets_0_conv1.diff", at::ones({32, 32, 3, 3})}});
  AdapterStrength strength{.blocks = BlockWeights::parse("1,0.5,1,1,1,1,1,1,1,1,1,1,1,0,1,1,1,1,1,1,1,1,1,1,1,1")};
  ASSERT_TRUE(strength.blocks);
  add_patches(adapter, strength, index_, ModuleTable(index_), patches);
  ASSERT_EQ(patches.size(), 2u);  // the middle block's weight is 0: not even a patch
  const auto changed = [&](const std::string& name) {
    return difference(model_, "model.diffusion_model." + name, patches).mean().item<float>();
  };
  EXPECT_NEAR(changed("input_blocks.0.0.weight"), 0.5, 1e-5);
  EXPECT_NEAR(changed("out.2.weight"), 1, 1e-5);
}

}  // namespace
}  // namespace fude::models
