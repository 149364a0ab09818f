#include "server/picture_info.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace fude::server {
namespace {

using service::MadePicture;

MadePicture picture(int index, std::int64_t seed, const std::string& infotext) {
  MadePicture made;
  made.index = index;
  made.seed = seed;
  made.subseed = 40 + index;
  made.infotext = infotext;
  return made;
}

std::vector<MadePicture> two() {
  const auto text = [](const std::string& words, int seed) {
    return words +
           "\nNegative prompt: ugly\nSteps: 12, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: " +
           std::to_string(seed) +
           ", Size: 64x96, Model hash: 0123456789, Model: nice, Clip skip: 2, TI hashes: \"a: b\"" +
           ", Version: fude-0.1.0";
  };
  return {picture(0, 7, text("red\n猫", 7)), picture(1, 8, text("blue", 8))};
}

TEST(PictureInfo, IsReadOffThePicturesTexts) {
  const auto pictures = two();
  const auto info = picture_info(pictures, {.styles = {"ink"}, .batch_size = 2});
  EXPECT_EQ(info["prompt"], "red\n猫");
  EXPECT_EQ(info["all_prompts"], nlohmann::json({"red\n猫", "blue"}));
  EXPECT_EQ(info["all_negative_prompts"], nlohmann::json({"ugly", "ugly"}));
  EXPECT_EQ(info["seed"], 7);
  EXPECT_EQ(info["all_seeds"], nlohmann::json({7, 8}));
  EXPECT_EQ(info["all_subseeds"], nlohmann::json({40, 41}));
  EXPECT_EQ(info["width"], 64);
  EXPECT_EQ(info["height"], 96);
  EXPECT_EQ(info["sampler_name"], "DPM++ 2M");
  EXPECT_EQ(info["cfg_scale"], 6.5);
  EXPECT_EQ(info["steps"], 12);
  EXPECT_EQ(info["batch_size"], 2);
  EXPECT_EQ(info["sd_model_name"], "nice");
  EXPECT_EQ(info["sd_model_hash"], "0123456789");
  EXPECT_TRUE(info["sd_vae_name"].is_null());
  EXPECT_EQ(info["clip_skip"], 2);
  EXPECT_EQ(info["infotexts"].size(), 2u);
  EXPECT_EQ(info["styles"], nlohmann::json({"ink"}));
  EXPECT_EQ(info["extra_generation_params"]["TI hashes"], "a: b");
  EXPECT_EQ(info["extra_generation_params"]["Schedule type"], "Karras");
  EXPECT_FALSE(info["extra_generation_params"].contains("Steps"));
}

TEST(PictureInfo, HasEveryMemberOfTheForm) {
  const auto info = picture_info({}, {.model_name = "nice", .model_hash = "0123456789"});
  for (const char* member : {"prompt",
                             "all_prompts",
                             "negative_prompt",
                             "all_negative_prompts",
                             "seed",
                             "all_seeds",
                             "subseed",
                             "all_subseeds",
                             "subseed_strength",
                             "width",
                             "height",
                             "sampler_name",
                             "cfg_scale",
                             "steps",
                             "batch_size",
                             "restore_faces",
                             "face_restoration_model",
                             "sd_model_name",
                             "sd_model_hash",
                             "sd_vae_name",
                             "sd_vae_hash",
                             "seed_resize_from_w",
                             "seed_resize_from_h",
                             "denoising_strength",
                             "extra_generation_params",
                             "index_of_first_image",
                             "infotexts",
                             "styles",
                             "job_timestamp",
                             "clip_skip",
                             "is_using_inpainting_conditioning",
                             "version"}) {
    EXPECT_TRUE(info.contains(member)) << member;
  }
  EXPECT_EQ(info["sd_model_name"], "nice");
  EXPECT_EQ(info["all_seeds"].size(), 0u);
}

TEST(JobTimestamp, IsATimeByTheUsersClock) {
  EXPECT_EQ(job_timestamp(0), "");
  const std::string text = job_timestamp(1'700'000'000'123);
  EXPECT_EQ(text.size(), 14u);
  EXPECT_EQ(text.substr(0, 6), "202311");
}

}  // namespace
}  // namespace fude::server
