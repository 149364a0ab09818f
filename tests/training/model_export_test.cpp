#include "training/model_export.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/support/refusal.h"
#include "training/caption_vocabulary.h"
#include "training/denoiser_training.h"

namespace fude::training {
namespace {

constexpr const char* kTokens = "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight";

class AssembleModelTest : public testing::Test {
 protected:
  AssembleModelTest() {
    denoiser_[fmt::format("average.{}", kTokens)] = at::arange(vocabulary_.rows(), at::kFloat).unsqueeze(1);
    denoiser_["average.model.diffusion_model.out.2.bias"] = at::full({4}, 0.5F);
    denoiser_["model.diffusion_model.out.2.bias"] = at::full({4}, 9.F);  // not averaged
    denoiser_["optimizer.first.model.diffusion_model.out.2.bias"] = at::ones({4});
    denoiser_[kVocabularyKey] = vocabulary_.full_ids();
    autoencoder_["first_stage_model.encoder.conv_in.bias"] = at::full({2}, 1.F);
    autoencoder_["first_stage_model.decoder.conv_in.bias"] = at::full({2}, 2.F);
  }

  CaptionVocabulary vocabulary_{{"smile"}, /*junk_rows=*/2};
  NamedTensors autoencoder_, denoiser_;
};

TEST_F(AssembleModelTest, TakesAveragesInHalfPrecisionAndNothingOfTheTraining) {
  const NamedTensors model = assemble_model({.autoencoder = &autoencoder_, .denoiser = &denoiser_});
  EXPECT_TRUE(model.at("model.diffusion_model.out.2.bias").equal(at::full({4}, 0.5, at::kHalf)));
  EXPECT_TRUE(model.at("first_stage_model.decoder.conv_in.bias").equal(at::full({2}, 2, at::kHalf)));
  for (const auto& [name, tensor] : model) {
    EXPECT_EQ(name.find("average."), std::string::npos) << name;
    EXPECT_EQ(name.find("optimizer."), std::string::npos) << name;
    EXPECT_EQ(name.find("vocabulary."), std::string::npos) << name;
  }
}

TEST_F(AssembleModelTest, PutsKnownWordsAtTheirPlaceInTheFullTable) {
  const NamedTensors model = assemble_model({.autoencoder = &autoencoder_, .denoiser = &denoiser_});
  const at::Tensor table = model.at(kTokens).to(at::kFloat);
  ASSERT_EQ(table.sizes(), (at::IntArrayRef{CaptionVocabulary::kFullSize, 1}));
  const at::Tensor ids = vocabulary_.full_ids();
  for (std::int64_t row = 0; row < ids.size(0); ++row)
    EXPECT_FLOAT_EQ(table[ids[row].item<std::int64_t>()][0].item<float>(), static_cast<float>(row));
}

TEST_F(AssembleModelTest, AddsPositionIds) {
  const NamedTensors model = assemble_model({.autoencoder = &autoencoder_, .denoiser = &denoiser_});
  const at::Tensor ids = model.at("cond_stage_model.transformer.text_model.embeddings.position_ids");
  EXPECT_TRUE(ids.equal(at::arange(77, at::kLong).unsqueeze(0)));
}

TEST_F(AssembleModelTest, LetsADecoderStageReplaceTheDecoderAlone) {
  const NamedTensors decoder = {{"average.first_stage_model.decoder.conv_in.bias", at::full({2}, 7.F)},
                                {"first_stage_model.decoder.conv_in.bias", at::full({2}, 8.F)}};
  const NamedTensors model =
      assemble_model({.autoencoder = &autoencoder_, .decoder = &decoder, .denoiser = &denoiser_});
  EXPECT_TRUE(model.at("first_stage_model.decoder.conv_in.bias").equal(at::full({2}, 7, at::kHalf)));
  EXPECT_TRUE(model.at("first_stage_model.encoder.conv_in.bias").equal(at::full({2}, 1, at::kHalf)));
}

TEST_F(AssembleModelTest, NamesWhatTheDenoisersCheckpointLacks) {
  denoiser_.erase(kVocabularyKey);
  EXPECT_NE(tests::refusal(ErrorCode::kCorruptFile,
                           [&] { assemble_model({.autoencoder = &autoencoder_, .denoiser = &denoiser_}); })
                .find(kVocabularyKey),
            std::string::npos);
}

}  // namespace
}  // namespace fude::training
