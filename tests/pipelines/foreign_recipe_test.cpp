#include "pipelines/foreign_recipe.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fude::pipelines {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr io::PictureSize kSize{832, 1216};

std::string infotext(const std::vector<io::PngText>& texts) {
  const auto recipe = foreign_recipe(texts, kSize);
  return recipe ? infotext_of(*recipe) : "nothing";
}

TEST(ForeignRecipe, ReadsNovelAi) {
  const std::vector<io::PngText> texts{
      {"Title", "AI generated image"},
      {"Description", "1girl, smile"},
      {"Software", "NovelAI"},
      {"Comment",
       R"({"steps": 28, "sampler": "k_euler_ancestral", "seed": 3735928559, "scale": 5.5, "uc": "lowres, bad"})"}};
  EXPECT_EQ(infotext(texts),
            "1girl, smile\nNegative prompt: lowres, bad\n"
            "Steps: 28, Sampler: Euler a, CFG scale: 5.5, Seed: 3735928559, Size: 832x1216, Clip skip: 2, ENSD: 31337");
}

constexpr std::string_view kWorkflow = R"({
  "3": {"class_type": "KSampler", "inputs": {"seed": 42, "steps": 25, "cfg": 6.5, "sampler_name": "dpmpp_2m",
        "scheduler": "karras", "denoise": 1, "model": ["10", 0], "positive": ["6", 0], "negative": ["7", 0],
        "latent_image": ["5", 0]}},
  "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "anime/mix_v2.safetensors"}},
  "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
  "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["20", 0], "clip": ["11", 0]}},
  "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["11", 0]}},
  "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
  "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "ComfyUI"}},
  "10": {"class_type": "LoraLoader", "inputs": {"lora_name": "ink.safetensors", "strength_model": 0.8,
         "strength_clip": 1, "model": ["4", 0], "clip": ["4", 1]}},
  "11": {"class_type": "CLIPSetLastLayer", "inputs": {"stop_at_clip_layer": -2, "clip": ["10", 1]}},
  "20": {"class_type": "PrimitiveString", "inputs": {"value": "a cat, 桜"}}})";

TEST(ForeignRecipe, WalksAComfyUiWorkflow) {
  EXPECT_EQ(infotext({{"prompt", std::string(kWorkflow)}, {"workflow", "{}"}}),
            "a cat, 桜<lora:ink:0.8>\nNegative prompt: blurry\n"
            "Steps: 25, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 42, Size: 512x768, "
            "Model: mix_v2, Clip skip: 2, RNG: CPU");
}

TEST(ForeignRecipe, TellsOfSecondPassesAndControlNets) {
  const auto recipe = comfyui_recipe(std::vector<io::PngText>{{"prompt", R"({
    "1": {"class_type": "KSampler", "inputs": {"seed": 2, "steps": 9, "cfg": 4, "sampler_name": "odd", "scheduler":
          "normal", "model": ["0", 0], "positive": ["3", 0], "negative": ["3", 1], "latent_image": ["2", 0]}},
    "2": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "cfg": 7, "sampler_name": "euler_ancestral",
          "scheduler": "normal", "model": ["0", 0], "positive": ["3", 0], "negative": ["3", 1],
          "latent_image": ["6", 0]}},
    "3": {"class_type": "ControlNetApplyAdvanced", "inputs": {"positive": ["4", 0], "negative": ["5", 0]}},
    "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "good"}},
    "5": {"class_type": "CLIPTextEncode", "inputs": {"text": "bad"}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}}})"}});
  ASSERT_TRUE(recipe);
  EXPECT_EQ(recipe->prompt, "good");
  EXPECT_EQ(recipe->negative, "bad");
  EXPECT_EQ(recipe->pairs[1].second, "Euler a");
  EXPECT_THAT(recipe->losses, ElementsAre("the passes after the first", "ControlNetApplyAdvanced"));
}

TEST(ForeignRecipe, ReadsComfyUiSamplersInParts) {
  EXPECT_EQ(infotext({{"prompt", R"({
    "1": {"class_type": "SamplerCustomAdvanced", "inputs": {"noise": ["2", 0], "guider": ["3", 0], "sampler": ["4", 0],
          "sigmas": ["5", 0], "latent_image": ["7", 0]}},
    "2": {"class_type": "RandomNoise", "inputs": {"noise_seed": 77}},
    "3": {"class_type": "BasicGuider", "inputs": {"model": ["6", 0], "conditioning": ["8", 0]}},
    "4": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
    "5": {"class_type": "BasicScheduler", "inputs": {"scheduler": "simple", "steps": 4, "denoise": 1}},
    "6": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux.gguf"}},
    "8": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox"}}})"}}),
            "a fox\nSteps: 4, Sampler: Euler, Schedule type: Simple, Seed: 77, Model: flux, RNG: CPU");
}

TEST(ForeignRecipe, EndsInWorkflowsThatGoInCircles) {
  EXPECT_EQ(infotext({{"prompt", R"({
    "1": {"class_type": "KSampler", "inputs": {"positive": ["2", 0], "model": ["3", 0], "latent_image": ["4", 0]}},
    "2": {"class_type": "Join", "inputs": {"conditioning": ["2", 0], "text": ["2", 0]}},
    "3": {"class_type": "Loop", "inputs": {"model": ["3", 0]}},
    "4": {"class_type": "KSampler", "inputs": {"positive": ["2", 0], "latent_image": ["1", 0]}}})"}}),
            "\nRNG: CPU");
}

TEST(ForeignRecipe, ReadsBothFormsOfInvokeAi) {
  EXPECT_EQ(infotext({{"invokeai_metadata", R"({"positive_prompt": "a fox", "negative_prompt": "text", "width": 640,
      "height": 512, "seed": 5, "rand_device": "cpu", "cfg_scale": 7.5, "steps": 30, "scheduler": "dpmpp_2m_k",
      "model": {"name": "dreamer", "hash": "x"}, "clip_skip": 0, "loras": [{"model": {"name": "ink"}, "weight": 0.5}]})"}}),
            "a fox<lora:ink:0.5>\nNegative prompt: text\nSteps: 30, Sampler: DPM++ 2M, Schedule type: Karras, "
            "CFG scale: 7.5, Seed: 5, Size: 640x512, Model: dreamer, RNG: CPU");
  EXPECT_EQ(infotext({{"sd-metadata", R"({"model_weights": "stable-diffusion-1.5", "image": {"prompt":
      [{"prompt": "a fox [text]", "weight": 1.0}], "steps": 50, "cfg_scale": 7.5, "seed": 6, "width": 512,
      "height": 512, "sampler": "k_lms"}})"}}),
            "a fox\nNegative prompt: text\nSteps: 50, Sampler: LMS, CFG scale: 7.5, Seed: 6, Size: 512x512, "
            "Model: stable-diffusion-1.5");
}

TEST(ForeignRecipe, KnowsNothingOfOtherTexts) {
  EXPECT_EQ(infotext({}), "nothing");
  for (const char* text : {"", "{}", "[]", "7", "{\"1\": 7}", "{\"image\": 7}", "{\"1\": {\"inputs\": []}}"}) {
    EXPECT_EQ(infotext({{"prompt", text}}), "nothing") << text;
    EXPECT_EQ(infotext({{"Software", "NovelAI"}, {"Comment", text}}).substr(0, 1), text[0] == '{' ? "\n" : "n") << text;
    EXPECT_EQ(infotext({{"invokeai_metadata", text}, {"sd-metadata", text}}), "nothing") << text;
  }
}

}  // namespace
}  // namespace fude::pipelines
