#include "pipelines/text_to_image.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/error.h"
#include "diffusion/model_schedule.h"
#include "diffusion/sampler_table.h"
#include "io/safetensors_writer.h"
#include "io/tensor_file.h"
#include "ops/cpu/instruction_set.h"
#include "ops/threads.h"
#include "pipelines/conditioning.h"
#include "pipelines/engine_options.h"
#include "pipelines/picture_channels.h"
#include "pipelines/request_fields.h"
#include "pipelines/request_json.h"
#include "tests/pipelines/golden_runs.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

class TextToImageGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(TextToImageGolden, MakesThePictureTheOriginalMakes) {
  const double tolerance = tolerance_of(GetParam());
  const std::string name = "trajectories/" + GetParam();
  const nlohmann::json golden = tests::golden_json(name + ".json");
  const auto tensors = io::TensorFile::open(tests::golden_path(name + ".safetensors"));
  PictureModel model = load(golden["model"]);

  const Outcome outcome = run(model, golden_request(golden));

  // Of several batches, the last one's latent was recorded.
  const at::Tensor expected = tensors.tensor("final_latent");
  const int64_t count = outcome.latents.latent.size(0);
  ASSERT_GE(count, expected.size(0));
  const at::Tensor last = outcome.latents.latent.narrow(0, count - expected.size(0), expected.size(0));
  EXPECT_TRUE(tests::close_to(last, expected, tolerance));
  EXPECT_TRUE(tests::close_to(outcome.latents.noise.narrow(0, 0, expected.size(0)), tensors.tensor("noise.0"), 1e-5));
  for (std::size_t i = 0; i < outcome.pictures.size(); ++i) {
    EXPECT_EQ(without_version(outcome.pictures[i].infotext),
              without_version(golden["infotexts"][i].get<std::string>()));
    const std::string image = "image." + std::to_string(i);
    if (!tensors.tensors().contains(image)) continue;
    const ByteDifference apart = difference(outcome.pictures[i].image, tensors.tensor(image));
    EXPECT_LE(apart.most, 1);
    EXPECT_LT(apart.share, 0.02);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Trajectories, TextToImageGolden,
    ::testing::Values("micro.euler_a", "sd1.dpmpp_2m", "sd1.dpmpp_2m.always_discard", "sd1.dpmpp_2m.karras_rho_sigma",
                      "sd1.dpmpp_2m.sgm_uniform", "sd1.ddim", "sd1.ddim.eta_0.7", "sd1.ddim_cfgpp", "sd1.lcm",
                      "sd1.unipc", "sd1.unipc.bh2_order2", "sd1.unipc.vary_coeff", "sd1.plms", "sd1.dpm2", "sd1.dpm2_a",
                      "sd1.dpm_adaptive", "sd1.dpm_fast", "sd1.dpmpp_2m_sde", "sd1.dpmpp_2m_sde.nv",
                      "sd1.dpmpp_2m_sde_heun", "sd1.dpmpp_2s_a", "sd1.dpmpp_3m_sde", "sd1.heun",
                      "sd1.heun.prompt_editing_second_order", "sd1.lms", "sd1.restart", "sd1.dpmpp_sde",
                      "sd1.dpmpp_sde.batch2", "sd1.euler", "sd1.euler.and", "sd1.euler.batch_cond_uncond_off",
                      "sd1.euler.cfg_1", "sd1.euler.churn", "sd1.euler.clip_skip_2", "sd1.euler.long_prompt_pad_conds",
                      "sd1.euler.long_prompt_unequal_chunks", "sd1.euler.odd_size", "sd1.euler.one_step",
                      "sd1.euler.quantized", "sd1.euler.s_min_uncond", "sd1.euler.sgm_noise_multiplier",
                      "sd1.euler.skip_early_cond", "sd1.euler_a", "sd1.euler_a.ensd", "sd1.euler_a.eta_0.5",
                      "sd1.euler_a.n_iter2", "sd1.euler_a.nonsquare_batch2", "sd1.euler_a.nv",
                      "sd1.euler_a.prompt_editing", "sd1.euler_a.seed_resize", "sd1.euler_a.tiling",
                      "sd1.euler_a.variation", "sd2v.ddim", "sd2v.ddim_zero_terminal_snr", "sd2v.dpmpp_2m",
                      "sd2v.euler_a", "sd2v.zero_terminal_snr", "sdxl.ddim", "sdxl.dpmpp_2m_sde", "sdxl.euler_a"),
    [](const auto& info) {
      std::string name = info.param;
      for (char& c : name) c = c == '.' ? '_' : c;
      return name;
    });

/// The tiny inpainting model, changed by `change` before it is loaded.
PictureModel load_inpainting(const std::function<void(std::map<std::string, at::Tensor>&)>& change) {
  const tests::TemporaryFolder folder;
  std::map<std::string, at::Tensor> tensors;
  for (const auto& [name, tensor] : tests::generate_tiny_model("tiny-sd1-inpaint")) tensors[name] = tensor;
  change(tensors);
  const std::filesystem::path path = folder / "tiny-sd1-inpaint.safetensors";
  io::write_safetensors(path, tensors, {});
  GenerationRequest request;
  request.model = path.string();
  PictureModel model = load_picture_model(ModelLibrary("no-such-folder"), request, {});
  model.hash = std::string("0123456789");
  return model;
}

// The recorded run had the U-Net's last convolution at its initial zeros (every recorded prediction equals its input),
// so that is what the model gets here; what the U-Net itself computes is held to other recordings.
TEST(InpaintingModel, MakesTheRecordedPictureWithASilentNetwork) {
  const std::string name = "trajectories/sd1_inpaint.euler_a.txt2img";
  const nlohmann::json golden = tests::golden_json(name + ".json");
  const auto tensors = io::TensorFile::open(tests::golden_path(name + ".safetensors"));
  PictureModel model = load_inpainting([](auto& weights) {
    for (const char* part : {"weight", "bias"}) weights[std::string("model.diffusion_model.out.2.") + part].zero_();
  });
  const Outcome outcome = run(model, golden_request(golden));
  EXPECT_TRUE(tests::close_to(outcome.latents.latent, tensors.tensor("final_latent"), 1e-4));
  EXPECT_LE(difference(outcome.pictures[0].image, tensors.tensor("image.0")).most, 1);
  EXPECT_EQ(without_version(outcome.pictures[0].infotext), without_version(golden["infotexts"][0].get<std::string>()));
}

TEST(InpaintingModel, SeesMaskAndGreyPictureBesideTheLatent) {
  const nlohmann::json golden = tests::golden_json("trajectories/sd1_inpaint.euler_a.txt2img.json");
  GenerationRequest request = golden_request(golden);
  request.steps = 1;
  request.cfg_scale = 1;
  PictureModel model = load_inpainting([](auto&) {});
  const LatentRecord record = run(model, request).latents;

  const at::NoGradGuard no_grad;
  const auto schedule = diffusion::ModelSchedule::stable_diffusion();
  const double sigma = schedule.sigma_max();
  const at::Tensor x = record.noise * sigma;
  const at::Tensor channels = blank_picture_channels(model, request);
  const at::Tensor context = encode_texts(model.networks, std::vector<std::string>{request.prompt}, {}).front().context;
  const at::Tensor input = at::cat({x / std::sqrt(sigma * sigma + 1), channels}, 1);
  const at::Tensor noise = model.networks.unet.forward(input, at::full({1}, 999.0F), context);
  EXPECT_TRUE(tests::close_to(record.latent, x - noise * sigma, 1e-4));
}

class TextToImage : public ::testing::Test {
 protected:
  PictureModel model_ = load("micro-sd1");
  GenerationRequest request_ = cat_request(3, 128);
};

TEST_F(TextToImage, GivesTheSameBytesTwice) {
  EXPECT_EQ(run(model_, request_).pictures[0].image.pixels, run(model_, request_).pictures[0].image.pixels);
}

TEST_F(TextToImage, GivesAPictureTheSameBytesInABatchAsAlone) {
  for (const char* sampler : {"Euler a", "DPM++ 2M", "DPM++ SDE", "UniPC", "DDIM CFG++", "DPM adaptive"}) {
    request_.sampler = sampler;
    request_.scheduler = "Automatic";
    request_.batch_size = 3;
    request_.seed = 7;
    normalise(request_);
    const Outcome all = run(model_, request_);
    request_.batch_size = 1;
    request_.seed = 8;
    const Outcome alone = run(model_, request_);
    EXPECT_EQ(all.pictures[1].request.seed, 8);
    EXPECT_TRUE(all.latents.latent.narrow(0, 1, 1).equal(alone.latents.latent)) << sampler;
    EXPECT_EQ(all.pictures[1].image.pixels, alone.pictures[0].image.pixels) << sampler;
  }
}

TEST_F(TextToImage, GivesTheSameBytesWithAnyNumberOfThreads) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    PictureModel model = load("micro-sd1", {.type = type});
    std::vector<std::vector<std::uint8_t>> pictures;
    for (const int threads : {1, 2, 3}) {
      ops::use_threads(threads);
      pictures.push_back(run(model, request_).pictures[0].image.pixels);
    }
    EXPECT_EQ(pictures[0], pictures[1]) << at::toString(type);
    EXPECT_EQ(pictures[0], pictures[2]) << at::toString(type);
  }
}

TEST_F(TextToImage, CountsStepsOverAllBatches) {
  request_.batch_count = 2;
  const Outcome outcome = run(model_, request_);
  EXPECT_EQ(outcome.steps, 6);
  EXPECT_EQ(outcome.pictures.size(), 2u);
  EXPECT_EQ(outcome.latents.noise.size(0), 2);
}

TEST_F(TextToImage, KeepsFinishedPicturesWhenItIsInterrupted) {
  request_.batch_count = 2;
  int pictures = 0;
  const TextToImageEvents events{.on_step =
                                     [](int done, int) {
                                       if (done == 4) fail(ErrorCode::kCancelled, "interrupted");
                                     },
                                 .on_picture = [&](const FinishedPicture&, const StageSeconds&) { ++pictures; }};
  EXPECT_THROW(text_to_image(model_, request_, events), Error);
  EXPECT_EQ(pictures, 1);
}

// Says `last` when so many steps were done, and kGoOn before.
TextToImageEvents ending_at(int steps, Continuation last, Outcome& outcome) {
  return {.on_step = [&outcome](int done, int) { outcome.steps = done; },
          .continuation = [&outcome, steps, last] { return outcome.steps == steps ? last : Continuation::kGoOn; },
          .on_picture = [&outcome](const FinishedPicture& picture,
                                   const StageSeconds&) { outcome.pictures.push_back(picture); }};
}

TEST_F(TextToImage, KeepsAnUnfinishedPictureOfAJobThatIsEnded) {
  request_.batch_count = 3;
  Outcome outcome;
  at::Tensor expected;
  TextToImageEvents events = ending_at(4, Continuation::kEndJob, outcome);
  events.on_denoised = [&](const at::Tensor& denoised) { expected = denoised; };
  const LatentRecord latents = text_to_image(model_, request_, events);
  EXPECT_EQ(outcome.steps, 4);
  ASSERT_EQ(outcome.pictures.size(), 2u);
  EXPECT_FALSE(outcome.pictures[0].unfinished_at);
  EXPECT_EQ(outcome.pictures[1].unfinished_at, 1);
  EXPECT_NE(outcome.pictures[1].infotext.find("Unfinished: 1/3"), std::string::npos) << outcome.pictures[1].infotext;
  EXPECT_EQ(outcome.pictures[0].infotext.find("Unfinished"), std::string::npos);
  EXPECT_TRUE(latents.latent.narrow(0, 1, 1).equal(expected.to(at::kFloat)));
}

TEST_F(TextToImage, GoesOnWithTheNextBatchWhenOneIsEnded) {
  request_.batch_count = 2;
  const Outcome whole = run(model_, request_);
  Outcome outcome;
  text_to_image(model_, request_, ending_at(1, Continuation::kEndBatch, outcome));
  ASSERT_EQ(outcome.pictures.size(), 2u);
  EXPECT_EQ(outcome.pictures[0].unfinished_at, 1);
  EXPECT_FALSE(outcome.pictures[1].unfinished_at);
  EXPECT_EQ(outcome.pictures[1].image.pixels, whole.pictures[1].image.pixels);
}

TEST_F(TextToImage, MakesNothingOfAJobThatIsEndedBeforeItsFirstBatch) {
  Outcome outcome;
  const LatentRecord latents = text_to_image(model_, request_, ending_at(0, Continuation::kEndJob, outcome));
  EXPECT_TRUE(outcome.pictures.empty());
  EXPECT_FALSE(latents.latent.defined());
}

TEST_F(TextToImage, FinishesABatchThatIsEndedAtItsLastStep) {
  Outcome outcome;
  text_to_image(model_, request_, ending_at(request_.steps, Continuation::kEndJob, outcome));
  ASSERT_EQ(outcome.pictures.size(), 1u);
  EXPECT_FALSE(outcome.pictures[0].unfinished_at);
}

TEST_F(TextToImage, RefusesAnUnknownSampler) {
  request_.sampler = "Eulr a";
  EXPECT_THROW(run(model_, request_), Error);
}

TEST_F(TextToImage, TilesNoPictureButTheOneAsked) {
  const Outcome before = run(model_, request_);
  request_.tiling = true;
  EXPECT_FALSE(run(model_, request_).latents.latent.equal(before.latents.latent));
  request_.tiling = false;
  EXPECT_TRUE(run(model_, request_).latents.latent.equal(before.latents.latent));
}

TEST_F(TextToImage, ChangesThePictureByEveryKnobOfGuidance) {
  const at::Tensor plain = run(model_, request_).latents.latent;
  const std::vector<std::pair<const char*, FieldValue>> knobs{
      {"cfg_rescale", 0.7}, {"dynamic_thresholding_enabled", true}, {"pag_scale", 3.0},
      {"sag_scale", 0.75},  {"token_merging_ratio", 0.5},           {"hypertile_enable_unet", true}};
  for (const auto& [name, value] : knobs) {
    GenerationRequest request = request_;
    request.mimic_scale = 3;
    request.hypertile_max_tile = 64;
    set_field(request, *find_request_field(name), value);
    const at::Tensor changed = run(model_, request).latents.latent;
    EXPECT_TRUE(changed.isfinite().all().item<bool>()) << name;
    EXPECT_FALSE(changed.equal(plain)) << name;
  }
  EXPECT_TRUE(run(model_, request_).latents.latent.equal(plain));
}

TEST_F(TextToImage, RunsEverySampler) {
  request_.steps = 2;
  for (const diffusion::SamplerEntry& sampler : diffusion::samplers()) {
    if (sampler.id == "dpm_adaptive") continue;  // takes as many steps as it likes; it has a recorded run
    request_.sampler = sampler.label;
    EXPECT_TRUE(run(model_, request_).latents.latent.isfinite().all().item<bool>()) << sampler.label;
  }
}

TEST_F(TextToImage, UsesTheModelsNativeSizeWhenNoneIsGiven) {
  request_.width = request_.height = 0;
  request_.steps = 1;
  model_.native_size = 128;
  EXPECT_EQ(run(model_, request_).pictures[0].image.width, 128);
}

TEST(TextToImageInEightBits, IsCloseToBfloat16WhateverTheBatch) {
  if (!ops::cpu::multiplies_int8(ops::cpu::instruction_set())) GTEST_SKIP() << "no products in 8 bits";
  GenerationRequest request = parse_request(R"({"prompt": "a cat", "steps": 4, "width": 64, "height": 64, "seed": 3,
                                                "batch_size": 2})")
                                  .request;
  normalise(request);
  resolve_seeds(request);
  PictureModel exact = load("tiny-sd1"), half = load("tiny-sd1", {.type = at::kBFloat16});
  PictureModel rounded = load("tiny-sd1", {.type = at::kBFloat16, .multiplies_int8 = true});
  const at::Tensor expected = run(exact, request).latents.latent, both = run(rounded, request).latents.latent;
  // Guidance multiplies every rounding by its scale, so bfloat16's own distance is the measure: 8 bits are 2.1 times as
  // far from fp32.
  const double distance_of_half = (run(half, request).latents.latent - expected).norm().item<double>();
  const double distance = (both - expected).norm().item<double>();
  EXPECT_GT(distance, distance_of_half);
  EXPECT_LT(distance, 3 * distance_of_half);
  request.batch_size = 1;
  EXPECT_TRUE(run(rounded, request).latents.latent.equal(both.narrow(0, 0, 1)));
}

}  // namespace
}  // namespace fude::pipelines
