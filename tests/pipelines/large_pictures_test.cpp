#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "diffusion/sampler_table.h"
#include "io/images/fit.h"
#include "pipelines/infotext.h"
#include "pipelines/infotext_request.h"
#include "pipelines/loopback.h"
#include "pipelines/picture_jobs.h"
#include "pipelines/picture_tiles.h"
#include "pipelines/pixel_upscaling.h"
#include "pipelines/sd_upscale.h"
#include "tests/pipelines/golden_runs.h"
#include "tests/support/refusal.h"

namespace fude::pipelines {
namespace {

io::Image painted(int width, int height) {
  io::Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (const int shade : {x * 3, y * 2, 90 + x / 2}) image.pixels.push_back(static_cast<std::uint8_t>(shade));
    }
  }
  return image;
}

class LargePictures : public ::testing::Test {
 protected:
  PictureModel model_ = load("micro-sd1");
  GenerationRequest request_ = cat_request(2, 64);

  std::vector<std::uint8_t> pixels() { return run(model_, request_).pictures.at(0).image.pixels; }
};

class TiledDiffusion : public LargePictures {
 protected:
  void SetUp() override {
    request_.width = 256;
    request_.height = 160;
    request_.diffusion_tile_width = request_.diffusion_tile_height = 16;
    request_.diffusion_tile_overlap = 8;
  }
};

TEST_F(TiledDiffusion, IsThePlainPictureWhereOnePieceCoversEverything) {
  const std::vector<std::uint8_t> plain = pixels();
  request_.tiled_diffusion = "MultiDiffusion";
  EXPECT_NE(pixels(), plain);
  request_.diffusion_tile_width = request_.diffusion_tile_height = 32;
  EXPECT_EQ(pixels(), plain);
}

TEST_F(TiledDiffusion, MakesOtherPicturesByItsTwoMethods) {
  request_.tiled_diffusion = "MultiDiffusion";
  const std::vector<std::uint8_t> average = pixels();
  request_.tiled_diffusion = "Mixture of Diffusers";
  EXPECT_NE(pixels(), average);
}

TEST_F(TiledDiffusion, GivesTheSameBytesWhateverTheBatches) {
  request_.tiled_diffusion = "Mixture of Diffusers";
  request_.batch_size = 2;
  const Outcome both = run(model_, request_);
  request_.diffusion_tile_batch = 1;
  request_.batch_size = 1;
  request_.seed = 8;
  EXPECT_EQ(both.pictures.at(1).image.pixels, pixels());
}

TEST_F(TiledDiffusion, WorksWithEverySampler) {
  request_.tiled_diffusion = "MultiDiffusion";
  for (const diffusion::SamplerEntry& sampler : diffusion::samplers()) {
    if (sampler.id == "dpm_adaptive") continue;
    request_.sampler = sampler.label;
    EXPECT_TRUE(run(model_, request_).latents.latent.isfinite().all().item<bool>()) << sampler.label;
  }
}

TEST_F(TiledDiffusion, CutsTheSecondPassOfHiresFix) {
  request_.width = request_.height = 128;
  request_.enable_hr = true;
  const std::vector<std::uint8_t> plain = pixels();
  request_.tiled_diffusion = "MultiDiffusion";
  EXPECT_NE(pixels(), plain);
  request_.diffusion_tile_width = request_.diffusion_tile_height = 32;
  EXPECT_EQ(pixels(), plain);
}

// The network of an inpainting model takes nine channels: pieces of another size would not go through it.
TEST_F(TiledDiffusion, ShowsEachPieceItsPartOfMaskAndPicture) {
  PictureModel model = load("tiny-sd1-inpaint");
  request_.sources.init_images = {png_of(painted(256, 160))};
  io::Image mask{.width = 256, .height = 160, .channels = 1, .pixels = std::vector<std::uint8_t>(256 * 160)};
  std::fill(mask.pixels.begin(), mask.pixels.begin() + 256 * 80, std::uint8_t{255});
  request_.sources.mask = png_of(mask);
  request_.tiled_diffusion = "MultiDiffusion";
  EXPECT_EQ(run(model, request_).pictures.at(0).image.width, 256);
}

TEST_F(TiledDiffusion, IsReadBackFromThePicturesText) {
  request_.tiled_diffusion = "Mixture of Diffusers";
  request_.diffusion_tile_height = 24;
  const std::string text = run(model_, request_).pictures.at(0).infotext;
  EXPECT_NE(text.find("Tiled Diffusion method: Mixture of Diffusers, Tiled Diffusion tile width: 16, Tiled Diffusion "
                      "tile height: 24, Tiled Diffusion overlap: 8, Tiled Diffusion batch size: 4"),
            std::string::npos)
      << text;
  const LikeRequest like = request_from_infotext(parse_infotext(text));
  EXPECT_TRUE(like.warnings.empty());
  EXPECT_EQ(like.request.tiled_diffusion, "Mixture of Diffusers");
  EXPECT_EQ(like.request.diffusion_tile_height, 24);
  EXPECT_EQ(like.request.diffusion_tile_overlap, 8);
}

TEST_F(TiledDiffusion, RefusesWhatDoesNotGoTogether) {
  const auto refusal = [](GenerationRequest request) {
    request.tiled_diffusion = "MultiDiffusion";
    return tests::refusal(ErrorCode::kInvalidArgument, [&] { normalise(request); });
  };
  GenerationRequest request = request_;
  request.diffusion_tile_overlap = 16;
  EXPECT_EQ(refusal(request), "tiled_diffusion_overlap is 16, expected less than the sides of a tile of 16x16");
  request = request_;
  request.tiling = true;
  EXPECT_EQ(refusal(request), "tiling is given with tiled_diffusion, expected one of them");
  request = request_;
  request.sag_scale = 1;
  EXPECT_EQ(refusal(request), "sag_scale is given with tiled_diffusion, expected one of them");
}

class SdUpscale : public LargePictures {
 protected:
  struct Upscaled {
    std::vector<FinishedPicture> pictures;
    std::vector<int> done;
    int total = 0;
    bool goes_on = true;
  };

  void SetUp() override {
    request_.sources.init_images = {png_of(painted(96, 64))};
    request_.sd_upscale = true;
    request_.sd_upscale_overlap = 16;
    request_.denoising_strength = 0.6;
  }

  // Asked to go on `patience` times.
  Upscaled make(int patience = 1000, Continuation then = Continuation::kEndJob) {
    Upscaled made;
    made.goes_on = run_sd_upscale(
        model_, request_,
        {.on_step =
             [&](int done, int total) {
               made.done.push_back(done);
               made.total = total;
             },
         .continuation = [&] { return patience-- > 0 ? Continuation::kGoOn : then; },
         .on_picture = [&](FinishedPicture picture, const StageSeconds&) { made.pictures.push_back(picture); }});
    return made;
  }
};

TEST_F(SdUpscale, JoinsTheTilesThatImageToImageMakes) {
  request_.batch_size = 2;
  const Upscaled made = make();
  ASSERT_EQ(made.pictures.size(), 1u);
  EXPECT_EQ(made.pictures[0].image.width, 192);
  EXPECT_EQ(made.pictures[0].image.height, 128);

  const io::Enlarge enlarge = model_.upscalers->find("Lanczos");
  const io::Image large = enlarge(painted(96, 64), 2);
  const PictureGrid grid = picture_grid(192, 128, 64, 64, 16);
  ASSERT_EQ(grid.count(), 12);
  std::vector<io::Image> tiles;
  for (int batch = 0; batch < 6; ++batch) {
    GenerationRequest job = request_;
    job.sd_upscale = false;
    job.seed = 7 + batch;  // of the batch's first tile; within a batch they count up as ever
    job.sources.init_images = {png_of(tile_of(large, grid, 2 * batch)), png_of(tile_of(large, grid, 2 * batch + 1))};
    for (const FinishedPicture& tile : run(model_, job).pictures) tiles.push_back(tile.image);
  }
  EXPECT_EQ(made.pictures[0].image.pixels, joined_tiles(grid, tiles).pixels);
}

TEST_F(SdUpscale, CountsTheStepsOfAllTiles) {
  request_.batch_size = 5;
  request_.batch_count = 2;
  const Upscaled made = make();
  EXPECT_EQ(made.total, 2 * 3 * 2);  // two pictures of three batches of tiles, two steps each
  ASSERT_EQ(made.done.size(), 12u);
  for (std::size_t i = 0; i < made.done.size(); ++i) EXPECT_EQ(made.done[i], static_cast<int>(i) + 1);
  EXPECT_EQ(picture_count(request_), 2);
}

TEST_F(SdUpscale, MakesAPictureForEachSeed) {
  request_.batch_count = 2;
  const Upscaled both = make();
  ASSERT_EQ(both.pictures.size(), 2u);
  EXPECT_EQ(both.pictures[1].index, 1);
  EXPECT_EQ(both.pictures[1].request.seed, 8);
  EXPECT_NE(both.pictures[0].image.pixels, both.pictures[1].image.pixels);
  request_.batch_count = 1;
  request_.seed = 8;
  EXPECT_EQ(make().pictures.at(0).image.pixels, both.pictures[1].image.pixels);
}

TEST_F(SdUpscale, SaysWhatItDidAndIsReadBack) {
  request_.sd_upscale_scale = 1.5;
  request_.save_init_img = true;
  const FinishedPicture picture = make().pictures.at(0);
  const std::string& text = picture.infotext;
  EXPECT_NE(text.find("SD upscale overlap: 16, SD upscale upscaler: Lanczos, SD upscale scale: 1.5"), std::string::npos)
      << text;
  EXPECT_NE(text.find("Size: 64x64"), std::string::npos) << text;
  ASSERT_TRUE(picture.init);
  EXPECT_NE(text.find("Init image hash: " + picture.init->md5), std::string::npos) << text;
  const LikeRequest like = request_from_infotext(parse_infotext(text));
  EXPECT_TRUE(like.warnings.empty());
  EXPECT_TRUE(like.request.sd_upscale);
  EXPECT_EQ(like.request.sd_upscale_scale, 1.5);
  EXPECT_EQ(like.request.sd_upscale_overlap, 16);
}

TEST_F(SdUpscale, KeepsItsSizeWithoutAnUpscaler) {
  request_.sd_upscale_upscaler = "None";
  EXPECT_EQ(make().pictures.at(0).image.width, 96);
}

TEST_F(SdUpscale, LeavesTilesAsTheyWereEnlargedWhereItIsEndedEarly) {
  // The picture is asked for once, each tile before it begins and after its first step.
  const Upscaled whole = make();
  const Upscaled part = make(/*patience=*/7, Continuation::kEndJob);
  EXPECT_FALSE(part.goes_on);
  ASSERT_EQ(part.pictures.size(), 1u);
  EXPECT_TRUE(part.pictures[0].unfinished_at);
  EXPECT_NE(part.pictures[0].infotext.find("/12 tiles, Version: "), std::string::npos) << part.pictures[0].infotext;
  EXPECT_EQ(part.pictures[0].image.pixels[0], whole.pictures[0].image.pixels[0]);
  const io::Image large = model_.upscalers->find("Lanczos")(painted(96, 64), 2);
  EXPECT_EQ(part.pictures[0].image.pixels.back(), large.pixels.back());
  EXPECT_TRUE(make(/*patience=*/1, Continuation::kEndJob).pictures.empty());
}

TEST_F(SdUpscale, GoesOnWithTheNextPictureWhereOneIsSkipped) {
  request_.batch_count = 2;
  int asked = 0;
  std::vector<FinishedPicture> pictures;
  run_sd_upscale(model_, request_,
                 {.continuation = [&] { return ++asked == 9 ? Continuation::kEndBatch : Continuation::kGoOn; },
                  .on_picture = [&](FinishedPicture picture, const StageSeconds&) { pictures.push_back(picture); }});
  ASSERT_EQ(pictures.size(), 2u);
  EXPECT_TRUE(pictures[0].unfinished_at);
  EXPECT_FALSE(pictures[1].unfinished_at);
}

TEST_F(SdUpscale, IsCarriedOutAmongOtherJobs) {
  GenerationRequest plain = request_;
  plain.sd_upscale = false;
  const std::vector<GenerationRequest> jobs{request_, plain};
  std::vector<FinishedPicture> pictures;
  run_picture_jobs(model_, jobs,
                   {.on_picture = [&](FinishedPicture picture, const StageSeconds&) { pictures.push_back(picture); }});
  ASSERT_EQ(pictures.size(), 2u);
  EXPECT_EQ(pictures[0].image.width, 192);
  EXPECT_EQ(pictures[1].image.width, 64);
  EXPECT_EQ(pictures[1].index, 1);
}

TEST_F(SdUpscale, RefusesWhatItCannotCut) {
  const auto refusal = [&] { return tests::refusal(ErrorCode::kInvalidArgument, [&] { make(); }); };
  request_.sd_upscale_overlap = 64;
  EXPECT_EQ(refusal(), "sd_upscale_overlap is 64, expected less than the sides of a tile of 64x64");
  request_.sources.mask = request_.sources.init_images[0];
  EXPECT_EQ(refusal(), "mask is given for SD upscale, which makes all of the picture anew");
  request_.sources.init_images.push_back(request_.sources.init_images[0]);
  EXPECT_EQ(refusal(), "init_images has 2 pictures, expected one for SD upscale");
  request_.sources = {};
  EXPECT_EQ(refusal(), "there is no picture to enlarge, expected init_images");
  request_.sources.init_images = {png_of(painted(96, 64))};
  EXPECT_EQ(tests::refusal(ErrorCode::kInvalidArgument, [&] { run_loopback(model_, request_, {}, {}); }),
            "sd_upscale is given for loopback, expected one of them");
  request_.sd_upscale_upscaler = "no such";
  tests::refusal(ErrorCode::kNotFound, [&] { make(); });
}

}  // namespace
}  // namespace fude::pipelines
