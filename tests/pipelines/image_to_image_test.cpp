#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "diffusion/sampler_table.h"
#include "io/safetensors_writer.h"
#include "pipelines/init_latents.h"
#include "pipelines/loopback.h"
#include "pipelines/picture_preparation.h"
#include "tests/pipelines/golden_runs.h"
#include "tests/support/temporary_folder.h"

namespace fude::pipelines {
namespace {

class ImageToImageGolden : public ::testing::TestWithParam<std::string> {};

// Images that went through 8 bits in the middle may differ in more places.
double share_of(const std::string& name) { return name.starts_with("hires.image_upscaler") ? 0.05 : 0.02; }

TEST_P(ImageToImageGolden, MakesThePictureTheOriginalMakes) {
  const std::string name = "trajectories/" + GetParam();
  const nlohmann::json golden = tests::golden_json(name + ".json");
  const auto tensors = io::TensorFile::open(tests::golden_path(name + ".safetensors"));
  PictureModel model = load(golden["model"]);

  const Outcome outcome = run(model, golden_request(golden));

  EXPECT_TRUE(tests::close_to(outcome.latents.noise, tensors.tensor("noise.0"), 1e-5));
  EXPECT_TRUE(tests::close_to(outcome.latents.latent, tensors.tensor("final_latent"), tolerance_of(GetParam())));
  ASSERT_EQ(outcome.pictures.size(), golden["infotexts"].size());
  for (std::size_t i = 0; i < outcome.pictures.size(); ++i) {
    EXPECT_EQ(without_version(outcome.pictures[i].infotext),
              without_version(golden["infotexts"][i].get<std::string>()));
    const std::string image = "image." + std::to_string(i);
    if (!tensors.tensors().contains(image)) continue;
    const ByteDifference apart = difference(outcome.pictures[i].image, tensors.tensor(image));
    EXPECT_LE(apart.most, 1);
    EXPECT_LT(apart.share, share_of(GetParam()));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Trajectories, ImageToImageGolden,
    ::testing::Values("img2img.ddim", "img2img.denoise_low", "img2img.dpm_adaptive", "img2img.dpm_fast",
                      "img2img.dpmpp_2m", "img2img.dpmpp_sde", "img2img.euler_a", "img2img.extra_noise",
                      "img2img.fix_steps", "img2img.noise_multiplier_batch2", "img2img.plms", "img2img.resize_mode_0",
                      "img2img.resize_mode_1", "img2img.resize_mode_2", "img2img.resize_mode_3", "img2img.sdxl",
                      "img2img.unipc", "inpaint.fill", "inpaint.latent_noise", "inpaint.latent_nothing_inverted",
                      "inpaint.only_masked", "inpaint.original_full", "inpaint.original_noblur", "inpaint.soft_mask",
                      "hires.image_upscaler_lanczos", "hires.latent", "hires.latent_bicubic_antialiased",
                      "hires.latent_nearest-exact", "hires.resize_to"),
    [](const auto& info) {
      std::string name = info.param;
      for (char& c : name) c = c == '.' || c == '-' ? '_' : c;
      return name;
    });

// The recorded runs of the inpainting model had the U-Net's last convolution at zeros (every prediction equals its
// input), so that is what it gets here; what it is shown is held to the recording, too.
TEST(InpaintingModelFromPicture, SeesMaskAndPictureAsRecorded) {
  for (const char* name : {"trajectories/inpaint.model_9ch", "trajectories/inpaint.model_9ch_weight_0.5"}) {
    const nlohmann::json golden = tests::golden_json(std::string(name) + ".json");
    const auto tensors = io::TensorFile::open(tests::golden_path(std::string(name) + ".safetensors"));
    PictureModel model = load(golden["model"]);
    GenerationRequest request = golden_request(golden);
    PreparedPictures prepared = prepare_pictures(request, 512, {});
    const InitLatents init = encode_pictures(model, request, prepared, [](const std::string&) {});
    EXPECT_TRUE(tests::close_to(init.channels, tensors.tensor("image_conditioning"), 2e-5)) << name;
    EXPECT_TRUE(tests::close_to(init.latents, tensors.tensor("init_latent"), 2e-5)) << name;
    const Outcome outcome = run(model, request);
    EXPECT_TRUE(tests::close_to(outcome.latents.noise, tensors.tensor("noise.0"), 1e-5));
    EXPECT_EQ(without_version(outcome.pictures.at(0).infotext),
              without_version(golden["infotexts"][0].get<std::string>()));
  }
}

std::string shaded_png(int width, int height, int channels, const std::function<std::uint8_t(int x, int y)>& shade) {
  io::Image image{.width = width, .height = height, .channels = channels, .pixels = {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x)
      image.pixels.insert(image.pixels.end(), static_cast<std::size_t>(channels), shade(x, y));
  }
  const std::vector<std::byte> bytes = io::encode_png(image);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class ImageToImage : public ::testing::Test {
 protected:
  PictureModel model_ = load("micro-sd1");
  GenerationRequest request_ = small_request();

  static GenerationRequest small_request() {
    GenerationRequest request = cat_request(3, 128);
    request.sources.init_images = {
        picture_bytes(shaded_png(128, 128, 3, [](int x, int y) { return static_cast<std::uint8_t>(x * 3 + y); }))};
    return request;
  }

  void mask_middle() {
    request_.sources.mask = picture_bytes(shaded_png(
        128, 128, 1, [](int x, int y) { return x >= 48 && x < 80 && y >= 40 && y < 72 ? std::uint8_t{255} : 0; }));
  }
};

TEST_F(ImageToImage, KeepsEveryByteThatIsNotMasked) {
  mask_middle();
  const io::Image before = decode_source(request_.sources.init_images[0], "picture");
  for (const bool only_masked : {false, true}) {
    request_.inpaint_full_res = only_masked;
    request_.mask_blur = 2;
    const io::Image after = run(model_, request_).pictures.at(0).image;
    int changed = 0;
    for (int y = 0; y < 128; ++y) {
      for (int x = 0; x < 128; ++x) {
        const auto place = static_cast<std::size_t>(y * 128 + x) * 3;
        const bool is_same = std::equal(after.pixels.begin() + static_cast<long>(place),
                                        after.pixels.begin() + static_cast<long>(place) + 3,
                                        before.pixels.begin() + static_cast<long>(place));
        // The blur of two pixels reaches five.
        const bool is_near = x >= 43 && x < 85 && y >= 35 && y < 77;
        EXPECT_TRUE(is_same || is_near) << x << " " << y;
        changed += !is_same;
      }
    }
    EXPECT_GT(changed, 500);
  }
}

TEST_F(ImageToImage, GivesAPictureTheSameBytesInABatchAsAlone) {
  mask_middle();
  request_.inpainting_fill = 2;
  for (const char* sampler : {"Euler a", "DPM++ SDE", "DDIM", "UniPC", "DPM adaptive"}) {
    request_.sampler = sampler;
    request_.batch_size = 2;
    request_.seed = 7;
    const Outcome both = run(model_, request_);
    request_.batch_size = 1;
    request_.seed = 8;
    EXPECT_EQ(both.pictures.at(1).image.pixels, run(model_, request_).pictures.at(0).image.pixels) << sampler;
  }
}

TEST_F(ImageToImage, StartsEachOfABatchFromItsOwnPicture) {
  const auto dark = picture_bytes(shaded_png(128, 128, 3, [](int, int) { return std::uint8_t{20}; }));
  request_.sources.init_images.push_back(dark);
  request_.batch_size = 2;
  const Outcome both = run(model_, request_);
  request_.sources.init_images = {dark};
  request_.batch_size = 1;
  request_.seed = 8;
  EXPECT_EQ(both.pictures.at(1).image.pixels, run(model_, request_).pictures.at(0).image.pixels);
}

TEST_F(ImageToImage, RunsEverySamplerFromAPictureAtEveryStrength) {
  mask_middle();
  for (const diffusion::SamplerEntry& sampler : diffusion::samplers()) {
    if (sampler.id == "dpm_adaptive") continue;
    request_.sampler = sampler.label;
    for (const double strength : {0.0, 0.5, 1.0}) {
      request_.denoising_strength = strength;
      request_.img2img_fix_steps = strength == 0.5;
      EXPECT_TRUE(run(model_, request_).latents.latent.isfinite().all().item<bool>()) << sampler.label << strength;
    }
  }
}

TEST_F(ImageToImage, TakesThePicturesSizeWhereNoneIsAsked) {
  request_.sources.init_images = {picture_bytes(shaded_png(135, 130, 3, [](int, int) { return std::uint8_t{99}; }))};
  request_.width = request_.height = 0;
  request_.steps = 1;
  const io::Image image = run(model_, request_).pictures.at(0).image;
  EXPECT_EQ(image.width, 128);
  EXPECT_EQ(image.height, 128);
}

TEST_F(ImageToImage, LeavesAnEmptyMaskOutWithAWarning) {
  request_.sources.mask = picture_bytes(shaded_png(128, 128, 1, [](int, int) { return std::uint8_t{0}; }));
  request_.inpaint_full_res = true;
  const Outcome outcome = run(model_, request_);
  ASSERT_EQ(outcome.pictures.at(0).warnings.size(), 1u);
  EXPECT_NE(outcome.pictures[0].warnings[0].find("mask is empty"), std::string::npos);
  EXPECT_THROW(check_pictures(request_), Error);
}

TEST_F(ImageToImage, RefusesPicturesThatCannotBeUsed) {
  const auto refusal = [&](const std::string& picture) -> std::string {
    request_.sources.init_images = {picture_bytes(picture)};
    try {
      run(model_, request_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
      return error.what();
    }
    return "accepted";
  };
  const auto grey = [](int, int) { return std::uint8_t{99}; };
  EXPECT_EQ(refusal(shaded_png(1, 1, 3, grey)), "init_images[0] is 1x1, expected at least 8 pixels a side");
  EXPECT_NE(refusal("GIF89a").find("init_images[0]"), std::string::npos);
  const std::string whole = shaded_png(64, 64, 3, grey);
  EXPECT_NE(refusal(whole.substr(0, whole.size() / 2)).find("init_images[0]"), std::string::npos);
  request_.sources.mask = picture_bytes(shaded_png(64, 64, 1, grey));
  EXPECT_EQ(refusal(shaded_png(128, 128, 3, grey)), "mask is 64x64, expected 128x128 as the picture that it lies on");
}

TEST_F(ImageToImage, GivesTheColoursOfTheFirstPicture) {
  request_.img2img_color_correction = true;
  request_.sources.init_images = {picture_bytes(shaded_png(128, 128, 3, [](int, int) { return std::uint8_t{99}; }))};
  const io::Image image = run(model_, request_).pictures.at(0).image;
  for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3) {
    const auto [low, high] = std::minmax({image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]});
    ASSERT_LE(high - low, 2) << i;  // grey, as all of the picture was
  }
}

TEST_F(ImageToImage, BlendsSoftlyByWhatChanged) {
  mask_middle();
  request_.mask_blur = 4;
  request_.denoising_strength = 0.9;
  const io::Image before = decode_source(request_.sources.init_images[0], "picture");
  const std::vector<std::uint8_t> hard = run(model_, request_).pictures.at(0).image.pixels;
  request_.soft_inpainting = true;
  for (const char* sampler : {"Euler a", "DDIM"}) {
    for (const bool only_masked : {false, true}) {
      request_.sampler = sampler;
      request_.inpaint_full_res = only_masked;
      const FinishedPicture after = run(model_, request_).pictures.at(0);
      EXPECT_NE(after.image.pixels, hard);
      EXPECT_NE(after.image.pixels, before.pixels);
      // Far from the mask nothing changes, unless the sampler mixes before the network has its last word.
      if (sampler == std::string("Euler a")) {
        EXPECT_TRUE(std::equal(before.pixels.end() - 128 * 3, before.pixels.end(), after.image.pixels.end() - 128 * 3));
      }
      EXPECT_NE(after.infotext.find("Soft inpainting enabled: True, Soft inpainting schedule bias: 1"),
                std::string::npos)
          << after.infotext;
    }
  }
}

TEST_F(ImageToImage, LoopsFromEachPictureToTheNext) {
  const Loopback loops{.loops = 3, .final_strength = 0.25, .curve = "Linear"};
  std::vector<FinishedPicture> pictures;
  int last_step = 0, steps = 0;
  run_loopback(model_, request_, loops,
               {.on_step =
                    [&](int done, int total) {
                      EXPECT_GT(done, last_step);
                      last_step = done;
                      steps = total;
                    },
                .on_picture = [&](FinishedPicture picture, const StageSeconds&) { pictures.push_back(picture); }});
  ASSERT_EQ(pictures.size(), 3u);
  EXPECT_LE(last_step, steps);
  EXPECT_EQ(pictures[2].request.seed, 9);
  EXPECT_NE(pictures[1].infotext.find("Denoising strength: 0.5"), std::string::npos) << pictures[1].infotext;
  EXPECT_NE(pictures[1].infotext.find("Final denoising strength: 0.25"), std::string::npos);
  EXPECT_EQ(pictures[0].image.pixels, run(model_, request_).pictures.at(0).image.pixels);
  EXPECT_NE(pictures[0].image.pixels, pictures[1].image.pixels);
}

TEST_F(ImageToImage, LoopsGoOnFromWhatWasMade) {
  const Loopback loops{.loops = 3, .final_strength = 0.25};
  request_.batch_count = 2;
  std::map<int, FinishedPicture> pictures, later;
  const auto keep_in = [](std::map<int, FinishedPicture>& place) {
    return TextToImageEvents{
        .on_picture = [&](FinishedPicture picture, const StageSeconds&) { place[picture.index] = picture; }};
  };
  run_loopback(model_, request_, loops, keep_in(pictures));
  ASSERT_EQ(pictures.size(), 6u);
  EXPECT_EQ(pictures[3].request.seed, pictures[1].request.seed) << "the second chain begins with the next seed";
  run_loopback(model_, request_, loops, keep_in(later), [&](int index) {
    return index == 0 || index == 3 || index == 4 ? std::optional(pictures[index].image) : std::nullopt;
  });
  ASSERT_EQ(later.size(), 3u);
  for (const int index : {1, 2, 5}) {
    EXPECT_EQ(later[index].image.pixels, pictures[index].image.pixels) << index;
    EXPECT_EQ(later[index].infotext, pictures[index].infotext);
  }
}

TEST_F(ImageToImage, SkippingALoopEndsItsChainOnly) {
  request_.batch_count = 2;
  std::vector<int> made;
  int asked = 0;
  run_loopback(model_, request_, {.loops = 2},
               {.continuation = [&] { return ++asked == 2 ? Continuation::kEndBatch : Continuation::kGoOn; },
                .on_picture = [&](FinishedPicture picture, const StageSeconds&) { made.push_back(picture.index); }});
  EXPECT_EQ(made, (std::vector<int>{0, 2, 3}));
}

TEST(LoopStrength, GoesItsWayByItsCurve) {
  const auto middle = [](const char* curve) {
    return loop_strength(0.8, {.loops = 3, .final_strength = 0.4, .curve = curve}, 1);
  };
  EXPECT_NEAR(middle("Linear"), 0.6, 1e-9);
  EXPECT_LT(middle("Aggressive"), 0.6);
  EXPECT_GT(middle("Lazy"), 0.6);
  EXPECT_THROW(middle("Slow"), Error);
}

// A model that is shown a picture, made of one that is not: four more input channels whose weights are the first ones'.
PictureModel load_shown(const tests::TemporaryFolder& folder) {
  std::map<std::string, at::Tensor> tensors;
  for (const auto& [name, tensor] : tests::generate_tiny_model("micro-sd1")) tensors[name] = tensor;
  at::Tensor& input = tensors["model.diffusion_model.input_blocks.0.0.weight"];
  input = at::cat({input, input}, 1).contiguous();
  io::write_safetensors(folder / "shown.safetensors", tensors, {});
  GenerationRequest request;
  request.model = (folder / "shown.safetensors").string();
  return load_picture_model(ModelLibrary("no-such-folder"), request, {});
}

TEST_F(ImageToImage, GuidesTowardsThePictureThatAModelIsShown) {
  const tests::TemporaryFolder folder;
  PictureModel model = load_shown(folder);
  const FinishedPicture usual = run(model, request_).pictures.at(0);
  EXPECT_NE(usual.infotext.find("Image CFG scale: 1.5"), std::string::npos) << usual.infotext;
  request_.image_cfg_scale = 1.5;
  EXPECT_EQ(run(model, request_).pictures.at(0).image.pixels, usual.image.pixels);
  request_.image_cfg_scale = 1;
  EXPECT_NE(run(model, request_).pictures.at(0).image.pixels, usual.image.pixels);
}

class HiresFix : public ImageToImage {
 protected:
  void SetUp() override {
    request_.sources = {};
    request_.enable_hr = true;
    request_.hr_scale = 1.5;
    normalise(request_);
  }
};

TEST_F(HiresFix, GivesAPictureTheSameBytesInABatchAsAlone) {
  for (const char* upscaler : {"Latent", "Nearest"}) {
    request_.hr_upscaler = upscaler;
    request_.batch_size = 2;
    request_.seed = 7;
    const Outcome both = run(model_, request_);
    request_.batch_size = 1;
    request_.seed = 8;
    EXPECT_EQ(both.pictures.at(1).image.pixels, run(model_, request_).pictures.at(0).image.pixels) << upscaler;
    EXPECT_EQ(both.pictures[1].image.width, 192);
  }
}

TEST_F(HiresFix, GoesOnFromAFinishedPicture) {
  request_.hr_upscaler = "Lanczos";
  const Outcome whole = run(model_, request_);
  GenerationRequest plain = request_;
  plain.enable_hr = false;
  request_.sources.firstpass_image = png_of(run(model_, plain).pictures.at(0).image);
  const Outcome second = run(model_, request_);
  EXPECT_EQ(second.pictures.at(0).image.pixels, whole.pictures.at(0).image.pixels);
  // And says the same of itself, and which picture the first pass was.
  const std::string& text = second.pictures[0].infotext;
  EXPECT_TRUE(text.starts_with(whole.pictures[0].infotext)) << text;
  EXPECT_NE(text.find("first pass image: "), std::string::npos) << text;
  EXPECT_EQ(second.steps, 3);
}

TEST_F(HiresFix, CountsTheStepsOfBothPasses) {
  request_.hr_second_pass_steps = 2;
  request_.batch_count = 2;
  EXPECT_EQ(run(model_, request_).steps, 10);
}

TEST_F(HiresFix, TakesAnotherModelForTheSecondPass) {
  request_.hr_upscaler = "Lanczos";
  const std::vector<std::uint8_t> same = run(model_, request_).pictures.at(0).image.pixels;
  request_.model = tests::tiny_model("micro-sd1").string();
  request_.hr_checkpoint = tests::tiny_model("tiny-sd1").string();
  PictureModel both = load_picture_model(ModelLibrary("no-such-folder"), request_, {});
  ASSERT_TRUE(both.hires);
  const FinishedPicture picture = run(both, request_).pictures.at(0);
  EXPECT_NE(picture.image.pixels, same);
  EXPECT_NE(picture.infotext.find("Hires checkpoint: "), std::string::npos) << picture.infotext;
  request_.hr_checkpoint = request_.model;
  EXPECT_FALSE(load_picture_model(ModelLibrary("no-such-folder"), request_, {}).hires);
}

TEST_F(HiresFix, RefusesAnUpscalerThatNothingIsCalled) {
  request_.hr_upscaler = "Latnet";
  EXPECT_THROW(run(model_, request_), Error);
}

}  // namespace
}  // namespace fude::pipelines
