#include "service/studio_settings.h"

#include <gtest/gtest.h>

#include "pipelines/request_fields.h"

namespace fude::service {
namespace {

TEST(StudioSettings, AreNoKnobsOfAPicture) {
  for (const SettingRow& row : studio_settings()) EXPECT_EQ(pipelines::find_setting(row.id), nullptr) << row.id;
}

TEST(StudioSettings, GroupKnobsByWhatTheyAreAbout) {
  EXPECT_EQ(knob_group("sd_model_checkpoint"), "model");
  EXPECT_EQ(knob_group("sdxl_crop_top"), "sdxl");
  EXPECT_EQ(knob_group("sd_lora"), "prompt");
  EXPECT_EQ(knob_group("eta_noise_seed_delta"), "seed");
  EXPECT_EQ(knob_group("s_min_uncond"), "guidance");
  EXPECT_EQ(knob_group("s_churn"), "sampling");
  EXPECT_EQ(knob_group("pag_scale"), "guidance");
}

}  // namespace
}  // namespace fude::service
