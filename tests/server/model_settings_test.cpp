#include "server/model_settings.h"

#include <gtest/gtest.h>

namespace fude::server {
namespace {

using pipelines::ModelCard;
using pipelines::ModelUse;

ModelCard card(ModelUse use, const std::string& name, const std::string& file) {
  ModelCard card;
  card.model.use = use;
  card.model.name = card.underscored_name = name;
  card.file = file;
  card.title = file.empty() ? name : file.substr(file.find('/') + 1);
  return card;
}

const std::vector<ModelCard> kCards{card(ModelUse::kCheckpoint, "Hajime", ""),
                                    card(ModelUse::kCheckpoint, "night", "Stable-diffusion/sub/night.ckpt"),
                                    card(ModelUse::kAutoencoder, "soft", "VAE/soft.pt")};

TEST(ModelSetting, FindsModelsAsTheyAreStored) {
  EXPECT_EQ(model_setting(kCards, "sd_model_checkpoint", "night", Naming::kInFull), "sub/night.ckpt");
  EXPECT_EQ(model_setting(kCards, "sd_text_encoder", "sub/night.ckpt", Naming::kInFull), "sub/night.ckpt");
  EXPECT_EQ(model_setting(kCards, "sd_model_checkpoint", "Hajime", Naming::kInFull), "Hajime");
  EXPECT_EQ(model_setting(kCards, "sd_vae", "soft.pt", Naming::kInFull), "soft.pt");
}

TEST(ModelSetting, APartOfATitleIsEnoughOnlyWhereTheWebUiSaysSo) {
  EXPECT_EQ(model_setting(kCards, "sd_model_checkpoint", "nigh", Naming::kByPart), "sub/night.ckpt");
  EXPECT_EQ(model_setting(kCards, "sd_model_checkpoint", "nigh", Naming::kInFull), std::nullopt);
}

TEST(ModelSetting, WordsForNoFileStay) {
  EXPECT_EQ(model_setting(kCards, "sd_vae", "none", Naming::kInFull), "None");
  EXPECT_EQ(model_setting(kCards, "sd_vae", "", Naming::kInFull), "Automatic");
  EXPECT_EQ(model_setting(kCards, "sd_text_encoder", "", Naming::kByPart), "");
}

TEST(ModelSetting, WhatIsNotThereOrOfAnotherUseIsAbsent) {
  EXPECT_EQ(model_setting(kCards, "sd_vae", "night", Naming::kByPart), std::nullopt);
  EXPECT_EQ(model_setting(kCards, "sd_model_checkpoint", "soft", Naming::kByPart), std::nullopt);
  EXPECT_EQ(model_setting(kCards, "sd_model_checkpoint", "/etc/passwd", Naming::kByPart), std::nullopt);
  EXPECT_FALSE(names_model("sd_lora"));
}

}  // namespace
}  // namespace fude::server
