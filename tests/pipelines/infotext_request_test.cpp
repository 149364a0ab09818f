#include "pipelines/infotext_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "pipelines/infotext_writer.h"
#include "pipelines/request_fields.h"

namespace fude::pipelines {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

TEST(RequestFromInfotext, MakesTheSameTextAgain) {
  GenerationRequest request;
  request.prompt = "a (cat:1.2),\n[sitting:lying:3]";
  request.negative_prompt = "blurry";
  request.model = "tiny";
  request.sampler = "Euler";
  request.scheduler = "Karras";
  request.steps = 7;
  request.cfg_scale = 6.5;
  request.seed = 42;
  request.subseed = 43;
  request.subseed_strength = 0.25;
  request.seed_resize_from_w = 96;
  request.seed_resize_from_h = 64;
  request.randn_source = "CPU";
  request.width = 512;
  request.height = 768;
  request.tiling = true;
  request.clip_skip = 2;
  request.emphasis = "No norm";
  request.use_old_scheduling = true;
  request.s_churn = 5;
  request.s_tmin = 0.1;
  request.s_tmax = 10;
  request.s_noise = 1.01;
  request.sigma_min = 0.1;
  request.sigma_max = 10;
  request.rho = 5;
  request.sgm_noise_multiplier = true;
  request.always_discard_next_to_last_sigma = true;
  request.s_min_uncond = 4;
  request.s_min_uncond_all = true;
  request.skip_early_cond = 0.3;
  request.cfg_rescale = 0.7;
  request.has_dynamic_threshold = true;
  request.mimic_scale = 6;
  request.threshold_percentile = 99.5;
  request.mimic_mode = "Half Cosine Up";
  request.mimic_scale_minimum = 2;
  request.threshold_cfg_mode = "Linear Down";
  request.threshold_cfg_minimum = 3;
  request.threshold_channels = false;
  request.threshold_start = "ZERO";
  request.threshold_measure = "STD";
  request.threshold_share = 0.5;
  request.pag_scale = 3;
  request.sag_scale = 0.75;
  request.sag_threshold = 1.5;
  request.sag_blur = 1.25;
  request.has_free_u = true;
  request.free_u_b1 = 1.1;
  request.free_u_b2 = 1.2;
  request.free_u_s1 = 0.8;
  request.free_u_s2 = 0.3;
  request.token_merging_ratio = 0.5;
  request.restore_faces = true;
  request.face_restoration_model = "CodeFormer";
  request.code_former_weight = 0.75;
  request.has_hypertile = true;
  request.hypertile_max_depth = 2;
  request.hypertile_max_tile = 128;
  request.extra = {{"Artist note", "a, b: c"}};
  const InfotextContext context{.model_name = "tiny", .model_hash = "0123456789"};
  const std::string text = write_infotext(request, context);

  LikeRequest like = request_from_infotext(parse_infotext(text));
  EXPECT_THAT(like.warnings, IsEmpty());
  EXPECT_THAT(like.request.extra, ElementsAre(Pair("Artist note", "a, b: c")));
  normalise(like.request);
  EXPECT_EQ(write_infotext(like.request, context), text);
  for (const RequestField& field : request_fields()) {
    if (field.key.empty()) continue;
    EXPECT_EQ(field_value(like.request, field), field_value(request, field)) << field.key;
  }
}

TEST(RequestFromInfotext, ReadsEtaBackForEveryKindOfSampler) {
  for (const char* sampler : {"Euler a", "DDIM", "TCD"}) {
    GenerationRequest request;
    request.sampler = sampler;
    request.eta = 0.5;
    const std::string text = write_infotext(request, {});
    EXPECT_THAT(text, HasSubstr(request.sampler == "DDIM" ? "Eta DDIM: 0.5" : "Eta: 0.5"));
    EXPECT_EQ(write_infotext(request_from_infotext(parse_infotext(text)).request, {}), text);
  }
}

TEST(RequestFromInfotext, KeepsDefaultsWhereTheTextIsSilent) {
  const LikeRequest like = request_from_infotext(parse_infotext("just words"));
  EXPECT_EQ(like.request.prompt, "just words");
  EXPECT_EQ(like.request.steps, 20);
  EXPECT_EQ(like.request.width, 0);
  EXPECT_THAT(like.warnings, IsEmpty());
}

TEST(RequestFromInfotext, SplitsOldSamplerNamesAndLeavesUnknownOnes) {
  const auto like = [](const std::string& sampler) {
    return request_from_infotext(parse_infotext("Steps: 1, Seed: 2, Sampler: " + sampler)).request;
  };
  EXPECT_EQ(like("DPM++ 2M Karras").sampler, "DPM++ 2M");
  EXPECT_EQ(like("DPM++ 2M Karras").scheduler, "Karras");
  EXPECT_EQ(like("Euler b").sampler, "Euler b");
}

TEST(RequestFromInfotext, NamesWhatIsNotMadeAgain) {
  const LikeRequest like = request_from_infotext(
      parse_infotext("a\nSteps: 1, Seed: 2, ControlNet 0: x, Lora hashes: \"x: 12\", Version: v1.6.0, Model hash: 12"));
  EXPECT_THAT(like.warnings, ElementsAre(HasSubstr("ControlNet 0: x"), HasSubstr("Downcast alphas_cumprod")));
  EXPECT_THAT(like.request.extra, IsEmpty());
  EXPECT_EQ(like.request.lora_hashes, "x: 12");
}

TEST(RequestFromInfotext, TurnsOnTheFaceRestorersThatAreHere) {
  const LikeRequest like = request_from_infotext(parse_infotext("a\nSteps: 1, Seed: 2, Face restoration: GFPGAN"));
  EXPECT_TRUE(like.request.restore_faces);
  EXPECT_EQ(acting_face_restorer(like.request), "GFPGAN");
  const LikeRequest other = request_from_infotext(parse_infotext("a\nSteps: 1, Seed: 2, Face restoration: Magic"));
  EXPECT_FALSE(other.request.restore_faces);
  EXPECT_THAT(other.warnings, ElementsAre(HasSubstr("Face restoration: Magic")));
}

GenerationRequest hires_fix() {
  GenerationRequest request;
  request.prompt = "a cat";
  request.width = 64;
  request.height = 96;
  request.sampler = "Euler a";
  request.seed = 5;
  request.enable_hr = true;
  request.denoising_strength = 0.55;
  request.hr_scale = 1.5;
  request.hr_second_pass_steps = 7;
  request.hr_upscaler = "Latent (nearest)";
  request.hr_sampler = "DPM++ 2M";
  request.hr_prompt = "a dog, big: [one]";
  request.hr_negative_prompt = "blurry";
  request.hr_cfg = 5.5;
  return request;
}

GenerationRequest inpainting() {
  GenerationRequest request;
  request.width = 64;
  request.height = 96;
  request.seed = 5;
  request.sampler = "Euler a";
  request.sources = {.init_images = {picture_bytes("x")}, .mask = picture_bytes("y")};
  request.denoising_strength = 0.4;
  request.inpainting_fill = 2;
  request.inpainting_mask_invert = true;
  request.inpaint_full_res = true;
  request.inpaint_full_res_padding = 12;
  request.mask_blur_x = 3;
  request.mask_blur_y = 9;
  request.initial_noise_multiplier = 1.05;
  request.img2img_extra_noise = 0.25;
  request.soft_inpainting = true;
  request.soft_preservation_strength = 0.75;
  return request;
}

TEST(RequestFromInfotext, BringsBackHiresFixAndInpainting) {
  for (GenerationRequest request : {hires_fix(), inpainting()}) {
    normalise(request);
    const std::string text = write_infotext(request, {});
    LikeRequest like = request_from_infotext(parse_infotext(text));
    EXPECT_THAT(like.warnings, IsEmpty());
    EXPECT_EQ(like.is_from_picture, !request.enable_hr);
    like.request.sources = request.sources;
    normalise(like.request);
    EXPECT_EQ(write_infotext(like.request, {}), text);
    for (const RequestField& field : request_fields()) {
      if (field.key.empty() || field.member == RequestMember(&GenerationRequest::hr_scheduler)) continue;
      EXPECT_EQ(field_value(like.request, field), field_value(request, field)) << field.key;
    }
  }
}

TEST(RequestFromInfotext, TellsWhichLevelsTheSecondPassHas) {
  GenerationRequest request = hires_fix();
  EXPECT_THAT(write_infotext(request, {}), HasSubstr("Hires schedule type: Karras"));
  request.sampler = "DPM++ 2M";
  request.hr_sampler = "Euler a";
  // Not said by the web UI, but without it Karras would be read for the second pass, too.
  EXPECT_THAT(write_infotext(request, {}), HasSubstr("Hires schedule type: Automatic"));
  request.hr_sampler.clear();
  EXPECT_THAT(write_infotext(request, {}), Not(HasSubstr("Hires schedule type")));
}

TEST(RequestFromInfotext, RefusesValuesThatCannotBe) {
  const auto refuse = [](const std::string& pair) {
    EXPECT_THROW(request_from_infotext(parse_infotext("Sampler: Euler, Seed: 2, " + pair)), Error) << pair;
  };
  refuse("Steps: many");
  refuse("Steps: 0");
  refuse("Size: 10x10");
  refuse("CFG scale: nan");
  refuse("Seed: 99999999999999999999");
}

TEST(RequestFromInfotext, KeepsTheShapeOfTheBetaSchedule) {
  GenerationRequest request;
  request.scheduler = "Beta";
  request.beta_alpha = 0.45;
  request.beta_beta = 0.7;
  const std::string text = write_infotext(request, {});
  EXPECT_THAT(text, HasSubstr("Beta scheduler alpha: 0.45, Beta scheduler beta: 0.7"));
  const GenerationRequest again = request_from_infotext(parse_infotext(text)).request;
  EXPECT_EQ(again.beta_alpha, 0.45);
  EXPECT_EQ(again.beta_beta, 0.7);
  request.scheduler = "Karras";
  EXPECT_THAT(write_infotext(request, {}), Not(HasSubstr("Beta")));
}

TEST(RequestFromInfotext, DoesNotCallTheNextPictureUnfinished) {
  const LikeRequest like =
      request_from_infotext(parse_infotext("cat\nSteps: 20, Seed: 5, Size: 64x64, Unfinished: 3/20"));
  EXPECT_TRUE(like.request.extra.empty());
  EXPECT_TRUE(like.warnings.empty());
}

}  // namespace
}  // namespace fude::pipelines
