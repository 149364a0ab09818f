#include "pipelines/making_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipelines/infotext_request.h"
#include "pipelines/infotext_writer.h"

namespace fude::pipelines {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

GenerationRequest small_request() {
  GenerationRequest request;
  request.prompt = "a cat";
  request.seed = 7;
  request.width = request.height = 64;
  return request;
}

TEST(EngineProfile, ComesBackFromItsText) {
  for (const EngineProfile& profile :
       {EngineProfile{"cpu", "bf16", "avx512-bf16"}, EngineProfile{"cuda", "fp16", ""}}) {
    EXPECT_EQ(parse_engine_profile(to_text(profile)), profile);
  }
  for (const char* text : {"", "cpu", "cpu bf16 amx more", "cpu  bf16", "cpu \"bf16\"", "CPU bf16"}) {
    EXPECT_FALSE(parse_engine_profile(text)) << text;
  }
}

TEST(MakingNotes, StandBehindEverythingElse) {
  const std::string text = write_infotext(
      small_request(), {.model_name = "tiny", .engine = "cpu fp32 avx2", .parts = {{"hires upscaler", "0123456789"}}});
  EXPECT_THAT(text, HasSubstr(", Version: " + version_line() +
                              ", Fude engine: cpu fp32 avx2, Fude hashes: \"hires upscaler: 0123456789\""));
}

TEST(MakingNotes, AreLeftOutWhenAskedTo) {
  GenerationRequest request = small_request();
  request.resize_mode = 1;
  request.add_engine_to_infotext = false;
  const std::string text = write_infotext(request, {.engine = "cpu fp32 avx2", .parts = {{"mask", "0123456789ab"}}});
  EXPECT_EQ(text.find("Fude "), std::string::npos) << text;
}

TEST(MakingNotes, BringBackWhatTheOtherKeysDoNotTell) {
  GenerationRequest request = small_request();
  request.sampler = "UniPC";
  request.unipc_variant = "bh2";
  request.unipc_order = 2;
  request.resize_mode = 2;
  request.mask_round = false;
  request.mask_blur = 0;
  request.sd_lora = "a; strange\\name=1, \"with\" signs";
  request.img2img_background_color = "#123456";
  request.sdxl_refiner_low_aesthetic_score = 3.25;
  const std::string text = write_infotext(request, {.engine = "cpu fp32 avx2"});
  const LikeRequest like = request_from_infotext(parse_infotext(text));
  EXPECT_THAT(like.warnings, IsEmpty());
  EXPECT_EQ(like.request.unipc_variant, "bh2");
  EXPECT_EQ(like.request.unipc_order, 2);
  EXPECT_EQ(like.request.resize_mode, 2);
  EXPECT_FALSE(like.request.mask_round);
  EXPECT_EQ(like.request.mask_blur, 0);
  EXPECT_EQ(like.request.sd_lora, request.sd_lora);
  EXPECT_EQ(like.request.img2img_background_color, "#123456");
  EXPECT_EQ(like.request.sdxl_refiner_low_aesthetic_score, 3.25);
  EXPECT_EQ(write_infotext(like.request, {.engine = "cpu fp32 avx2"}), text);
}

TEST(MakingNotes, SayNothingOfAnOrdinaryPicture) {
  EXPECT_EQ(unwritten_settings(small_request(), write_infotext(small_request(), {})), "");
}

TEST(MakingNotes, AreWrittenAnewWhileUnknownKeysStay) {
  const std::string text =
      "a cat\nSteps: 20, Sampler: Euler a, Seed: 7, Size: 64x64, Strange key: \"a, b\", Fude engine: cuda fp16, Fude "
      "hashes: \"mask: 0123456789ab\"";
  const LikeRequest like = request_from_infotext(parse_infotext(text));
  EXPECT_THAT(like.request.extra, ElementsAre(std::pair<std::string, std::string>("Strange key", "a, b")));
  const std::string again = write_infotext(like.request, {.engine = "cpu fp32 avx2"});
  EXPECT_THAT(again, HasSubstr("Strange key: \"a, b\""));
  EXPECT_THAT(again, HasSubstr("Fude engine: cpu fp32 avx2"));
  EXPECT_EQ(again.find("Fude hashes"), std::string::npos) << again;
}

TEST(MakingNotes, TakeNoKnobThatShapesNoPicture) {
  GenerationRequest request = small_request();
  const auto warnings = apply_unwritten_settings(request, "model=../../secret; resize_mode=9; mask_round=no way; x");
  ASSERT_EQ(warnings.size(), 4u);
  EXPECT_THAT(warnings[0], HasSubstr("it is no knob that shapes pictures"));
  EXPECT_THAT(warnings[1], HasSubstr("resize_mode is 9"));
  EXPECT_EQ(request.model, "");
  EXPECT_EQ(request.resize_mode, 0);
}

}  // namespace
}  // namespace fude::pipelines
