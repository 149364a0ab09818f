#include "merging/merge_models.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "tests/support/diffusers_writer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::merging {
namespace {

using Tensors = std::map<std::string, at::Tensor>;
using testing::HasSubstr;

constexpr const char* kIn = "model.diffusion_model.input_blocks.0.0.weight";
constexpr const char* kOut = "model.diffusion_model.output_blocks.11.0.weight";
constexpr const char* kText = "cond_stage_model.transformer.text_model.x";
constexpr const char* kIds = "cond_stage_model.transformer.text_model.embeddings.position_ids";
constexpr const char* kDecoder = "first_stage_model.decoder.conv_in.weight";

Tensors model(float value) {
  return {{kIn, at::full({3, 4, 1, 1}, value)},     {kOut, at::full({2, 3}, value)},
          {kText, at::full({5}, value, at::kHalf)}, {kIds, at::arange(4).view({1, 4}) + static_cast<int>(value)},
          {kDecoder, at::full({2}, value)},         {"logit_scale", at::scalar_tensor(value)}};
}

class MergeModels : public testing::Test {
 protected:
  Parent parent(const std::string& name, const Tensors& tensors, const std::string& licence = "") {
    const auto path = folder_ / (name + ".safetensors");
    io::write_safetensors(path, tensors, {{"modelspec.license", licence}});
    return Parent::open(path);
  }

  io::TensorFile merge(const MergeParents& parents, const MergeOptions& options) {
    const auto path = folder_ / "out.safetensors";
    report_ = merge_models(parents, options, path);
    return io::TensorFile::open(path);
  }

  std::string refusal(const MergeParents& parents, const MergeOptions& options) {
    try {
      merge(parents, options);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  tests::TemporaryFolder folder_;
  MergeReport report_;
};

TEST_F(MergeModels, MergesWhatBothHaveAndKeepsTheRest) {
  const MergeParents parents{.a = parent("a", model(1)), .b = parent("b", model(3))};
  const io::TensorFile out = merge(parents, {.alpha = BlockWeights(0.25)});
  EXPECT_TRUE(out.tensor(kIn).equal(at::full({3, 4, 1, 1}, 1.5)));
  EXPECT_TRUE(out.tensor(kText).equal(at::full({5}, 1.5, at::kHalf)));
  EXPECT_TRUE(out.tensor(kDecoder).equal(at::full({2}, 1.5)));
  EXPECT_TRUE(out.tensor(kIds).equal(model(1).at(kIds)));
  EXPECT_EQ(out.tensor("logit_scale").item<float>(), 1);  // "model" is not in its name
  EXPECT_EQ(report_.merged, 4u);
  EXPECT_EQ(report_.kept, 2u);
  EXPECT_EQ(out.metadata().at("modelspec.title"), "0.75(a) + 0.25(b)");
  EXPECT_EQ(out.metadata(), report_.metadata);
}

TEST_F(MergeModels, WeighsBlocks) {
  const MergeParents parents{.a = parent("a", model(0)), .b = parent("b", model(1))};
  BlockWeights alpha(0.5);
  alpha.assign("IN00=0.25");
  alpha.assign("OUT11=1");
  const io::TensorFile out = merge(parents, {.alpha = alpha});
  EXPECT_TRUE(out.tensor(kIn).eq(0.25).all().item<bool>());
  EXPECT_TRUE(out.tensor(kOut).eq(1).all().item<bool>());
  EXPECT_TRUE(out.tensor(kText).eq(0.5).all().item<bool>());
}

TEST_F(MergeModels, LeavesAWhereTheDifferenceIsMissing) {
  Tensors c = model(2);
  c.erase(kOut);
  const MergeParents parents{.a = parent("a", model(1)), .b = parent("b", model(5)), .c = parent("c", c)};
  const io::TensorFile out = merge(parents, {.method = MergeMethod::kAddDifference, .alpha = BlockWeights(0.5)});
  EXPECT_TRUE(out.tensor(kIn).eq(2.5).all().item<bool>());
  EXPECT_TRUE(out.tensor(kOut).eq(1).all().item<bool>());
}

// More elements than are computed at once, so that parts must meet without a seam.
TEST_F(MergeModels, MergesLargeTensorsInParts) {
  const Tensors a{{kOut, at::rand({1500, 3001})}}, b{{kOut, at::rand({1500, 3001})}};
  const io::TensorFile out = merge({.a = parent("a", a), .b = parent("b", b)}, {.alpha = BlockWeights(0.3)});
  at::Tensor expected = a.at(kOut).clone();
  merge_into(expected, b.at(kOut), {}, MergeMethod::kWeightedSum, 0.3, 0);
  EXPECT_TRUE(out.tensor(kOut).equal(expected));
}

TEST_F(MergeModels, ConvertsToTheTypeAskedFor) {
  const MergeParents parents{.a = parent("a", model(1)), .b = parent("b", model(3))};
  const io::TensorFile half = merge(parents, {.type = StorageType::kHalf});
  EXPECT_EQ(half.tensor(kIn).scalar_type(), at::kHalf);
  EXPECT_EQ(half.tensor(kIds).scalar_type(), at::kLong);
  EXPECT_EQ(merge(parents, {.type = StorageType::kBFloat16}).tensor("logit_scale").scalar_type(), at::kBFloat16);
  EXPECT_EQ(merge(parents, {.method = MergeMethod::kNoInterpolation, .type = StorageType::kFloat})
                .tensor(kText)
                .scalar_type(),
            at::kFloat);
}

TEST_F(MergeModels, StoresOnlyLargeTensorsOfTheUNetInEightBits) {
  const MergeParents parents{.a = parent("a", model(1)), .b = parent("b", model(3))};
  const io::TensorFile out = merge(parents, {.alpha = BlockWeights(0.5), .type = StorageType::kF8E4M3});
  EXPECT_EQ(out.tensors().at(kIn).type, io::TensorType::kF8E4M3);
  EXPECT_TRUE(out.tensor(kIn).eq(2).all().item<bool>());
  EXPECT_EQ(out.tensors().at(kText).type, io::TensorType::kF16);  // a list
  EXPECT_EQ(out.tensors().at(kDecoder).type, io::TensorType::kF16);
  EXPECT_EQ(out.tensors().at(kIds).type, io::TensorType::kI64);

  // Such a file is a parent like any other.
  std::filesystem::rename(folder_ / "out.safetensors", folder_ / "small.safetensors");
  const MergeParents again{.a = Parent::open(folder_ / "small.safetensors"), .b = parent("b", model(3))};
  const io::TensorFile second = merge(again, {.alpha = BlockWeights(1.0)});
  EXPECT_EQ(second.tensors().at(kIn).type, io::TensorType::kF8E4M3);
  EXPECT_TRUE(second.tensor(kIn).eq(3).all().item<bool>());
}

TEST_F(MergeModels, GivesInMemoryTheBytesOfTheFile) {
  const MergeParents parents{.a = parent("a", model(1)), .b = parent("b", model(3))};
  const MergeOptions options{.alpha = BlockWeights(0.25), .type = StorageType::kHalf};
  const io::TensorFile file = merge(parents, options);
  const MergedModel merged = merge_in_memory(parents, options, "mix");
  EXPECT_TRUE(std::ranges::equal(merged.file.bytes(), file.bytes()));
  EXPECT_EQ(merged.file.name(), "mix");
  EXPECT_EQ(merged.report.merged, report_.merged);
}

TEST_F(MergeModels, TakesFoldersInTheDiffusersLayout) {
  const auto checkpoint = tests::tiny_model("micro-sd1");
  tests::write_diffusers_folder(checkpoint, folder_ / "painter");
  const Parent folder = Parent::open(folder_ / "painter/"), single = Parent::open(checkpoint);
  EXPECT_EQ(folder.name, "painter");
  const io::TensorFile out = merge({.a = folder, .b = single}, {.alpha = BlockWeights(0.5)});
  constexpr const char* kWeight = "model.diffusion_model.middle_block.1.proj_in.weight";
  EXPECT_TRUE(out.tensor(kWeight).equal(single.file.tensor(kWeight)));
  EXPECT_GT(report_.merged, 100u);
}

TEST_F(MergeModels, MergesTheFirstChannelsOfAnInpaintingModel) {
  Tensors wide = model(1);
  wide[kIn] = at::full({3, 9, 1, 1}, 1.0);
  const Parent inpainting = parent("inpainting", wide), plain = parent("plain", model(3));
  const io::TensorFile out = merge({.a = inpainting, .b = plain}, {.alpha = BlockWeights(0.5)});
  EXPECT_TRUE(out.tensor(kIn).narrow(1, 0, 4).eq(2).all().item<bool>());
  EXPECT_TRUE(out.tensor(kIn).narrow(1, 4, 5).eq(1).all().item<bool>());
  EXPECT_EQ(report_.metadata.at("modelspec.title"), "0.5(inpainting) + 0.5(plain).inpainting");
  EXPECT_THAT(refusal({.a = plain, .b = inpainting}, {}), HasSubstr("an inpainting model must be A"));
}

TEST_F(MergeModels, BakesInAnAutoencoderAndDiscards) {
  const MergeParents parents{.a = parent("a", model(1)),
                             .b = parent("b", model(3)),
                             .autoencoder = parent("vae", {{"decoder.conv_in.weight", at::full({2}, 9.0)},
                                                           {"encoder.new", at::ones({1})},
                                                           {"loss.x", at::ones({1})}})};
  const io::TensorFile out = merge(parents, {.alpha = BlockWeights(0.5), .discard = "^cond_stage|logit"});
  EXPECT_TRUE(out.tensor(kDecoder).eq(9).all().item<bool>());
  EXPECT_EQ(out.tensors().size(), 4u);
  EXPECT_TRUE(out.tensors().contains("first_stage_model.encoder.new"));
  EXPECT_EQ(report_.discarded, 3u);
}

TEST_F(MergeModels, LeavesCosineTheAutoencoderOfA) {
  const MergeParents parents{.a = parent("a", model(1)), .b = parent("b", model(3))};
  const io::TensorFile out = merge(parents, {.method = MergeMethod::kCosine, .alpha = BlockWeights(1.0)});
  EXPECT_TRUE(out.tensor(kDecoder).eq(1).all().item<bool>());
  EXPECT_TRUE(out.tensor(kOut).eq(3).all().item<bool>());
}

TEST_F(MergeModels, ShowsLicencesThatDiffer) {
  merge({.a = parent("a", model(1), "CC0-1.0"), .b = parent("b", model(3), "MIT")}, {});
  EXPECT_THAT(report_.warnings, testing::ElementsAre(HasSubstr("licences differ")));
  EXPECT_EQ(report_.metadata.at("modelspec.license"), "CC0-1.0 AND MIT");
}

TEST_F(MergeModels, RefusesWhatCannotBeMerged) {
  const Parent a = parent("a", model(1)), b = parent("b", model(3));
  EXPECT_THAT(refusal({.a = a}, {}), HasSubstr("but B is missing"));
  EXPECT_THAT(refusal({.a = a, .b = b}, {.method = MergeMethod::kTripleSum}), HasSubstr("but C is missing"));
  EXPECT_THAT(refusal({.a = a, .b = b}, {.discard = "("}), HasSubstr("regular expression"));
  EXPECT_THAT(refusal({.a = a, .b = parent("other", {{"x", at::ones({1})}})}, {}), HasSubstr("in common"));
  Tensors other = model(1);
  other[kOut] = at::ones({3, 2});
  EXPECT_THAT(refusal({.a = a, .b = parent("turned", other)}, {}), HasSubstr("shape [3, 2] in 'turned'"));
  EXPECT_THAT(refusal({.a = a, .b = b, .autoencoder = b}, {}), HasSubstr("accepted"));
}

TEST_F(MergeModels, MergesByCosineInParts) {
  const Tensors a{{kOut, at::rand({1500, 3001})}}, b{{kOut, at::rand({1500, 3001})}};
  const MergeOptions options{.method = MergeMethod::kCosine, .alpha = BlockWeights(0.2)};
  const io::TensorFile out = merge({.a = parent("a", a), .b = parent("b", b)}, options);
  CosineSums sums;
  sums.add(a.at(kOut), b.at(kOut));
  CosineScale scale;
  scale.add(sums);
  scale.finish();
  at::Tensor expected = a.at(kOut).clone();
  merge_by_share(expected, b.at(kOut), scale.share_of_a(sums, 0.2));
  EXPECT_TRUE(out.tensor(kOut).allclose(expected, 0, 2e-3));
  EXPECT_FALSE(out.tensor(kOut).allclose(a.at(kOut), 0, 0.1));
}

TEST_F(MergeModels, LeavesNothingBehindWhenItIsCancelled) {
  const MergeParents parents{.a = parent("a", model(1)), .b = parent("b", model(3))};
  const MergeEvents events{.on_progress = [](std::string_view stage, std::size_t done, std::size_t) {
    if (stage == "merging" && done == 2) fail(ErrorCode::kCancelled, "stopped");
  }};
  EXPECT_THROW(merge_models(parents, {}, folder_ / "out.safetensors", events), Error);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 2);
}

TEST(LayoutOf, CountsTheBlocks) {
  const tests::TemporaryFolder folder;
  io::write_safetensors(folder / "xl", {{"model.diffusion_model.input_blocks.8.0.weight", at::ones({1})}});
  EXPECT_EQ(layout_of(io::TensorFile::open(folder / "xl")).side, 9u);
  io::write_safetensors(folder / "sd", {{"model.diffusion_model.input_blocks.8.0.weight", at::ones({1})},
                                        {"model.diffusion_model.input_blocks.9.0.weight", at::ones({1})}});
  EXPECT_EQ(layout_of(io::TensorFile::open(folder / "sd")).side, 12u);
}

}  // namespace
}  // namespace fude::merging
