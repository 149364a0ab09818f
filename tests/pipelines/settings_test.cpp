#include "pipelines/settings.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace fude::pipelines {
namespace {

TEST(ApplySetting, ChangesKnobs) {
  GenerationRequest request;
  EXPECT_EQ(apply_setting(request, "CLIP_stop_at_last_layers", std::int64_t{2}), "");
  EXPECT_EQ(apply_setting(request, "sgm_noise_multiplier", true), "");
  EXPECT_EQ(apply_setting(request, "sd_model_checkpoint", std::string("tiny")), "");
  EXPECT_EQ(request.clip_skip, 2);
  EXPECT_TRUE(request.sgm_noise_multiplier);
  EXPECT_EQ(request.model, "tiny");
}

TEST(ApplySetting, WarnsOfSettingsWithoutEffect) {
  GenerationRequest request;
  EXPECT_EQ(apply_setting(request, "jpeg_quality", std::int64_t{80}), "setting 'jpeg_quality' has no effect here");
}

TEST(ApplySetting, TakesUnsupportedSettingsOnlyWhenTheyChangeNothing) {
  GenerationRequest request;
  EXPECT_EQ(apply_setting(request, "sd_noise_schedule", std::string("Default")), "");
  EXPECT_EQ(apply_setting(request, "use_downcasted_alpha_bar", false), "");
  EXPECT_EQ(apply_setting(request, "sd_noise_schedule", std::string("Zero Terminal SNR")), "");
  EXPECT_EQ(request.noise_schedule, "Zero Terminal SNR");
  EXPECT_THROW(apply_setting(request, "use_downcasted_alpha_bar", true), Error);
}

TEST(ApplySetting, RefusesUnknownIdsWithTheNearest) {
  GenerationRequest request;
  try {
    apply_setting(request, "randn_sorce", std::string("CPU"));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_STREQ(error.what(), "unknown setting 'randn_sorce', did you mean 'randn_source'?");
  }
}

TEST(ApplySettingText, ReadsAssignments) {
  GenerationRequest request;
  apply_setting_text(request, "eta_noise_seed_delta=31337");
  apply_setting_text(request, "emphasis=No norm");
  apply_setting_text(request, "pad_cond_uncond=true");
  apply_setting_text(request, "sd_model_checkpoint=a=b");
  EXPECT_EQ(request.eta_noise_seed_delta, 31337);
  EXPECT_EQ(request.emphasis, "No norm");
  EXPECT_TRUE(request.pad_cond_uncond);
  EXPECT_EQ(request.model, "a=b");
  EXPECT_EQ(apply_setting_text(request, "use_old_karras_scheduler_sigmas=False"), "");
  EXPECT_THROW(apply_setting_text(request, "emphasis"), Error);
  EXPECT_THROW(apply_setting_text(request, "rho=many"), Error);
}

TEST(IsSavingSetting, KnowsThoseOfFilesAndGridsOnly) {
  EXPECT_TRUE(is_saving_setting("samples_format"));
  EXPECT_TRUE(is_saving_setting("n_rows"));
  EXPECT_FALSE(is_saving_setting("CLIP_stop_at_last_layers"));
  EXPECT_FALSE(is_saving_setting("outdir_txt2img_samples"));
}

TEST(IsSetting, KnowsKnobsAndTheWebUisOthers) {
  EXPECT_TRUE(is_setting("CLIP_stop_at_last_layers"));
  EXPECT_TRUE(is_setting("grid_save"));
  EXPECT_FALSE(is_setting("steps"));
  EXPECT_FALSE(is_setting(""));
}

}  // namespace
}  // namespace fude::pipelines
