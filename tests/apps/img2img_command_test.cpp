#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "apps/fude/command.h"
#include "core/error.h"
#include "io/images/png_file.h"
#include "tests/apps/command_output.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::apps {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ImageToImageCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    write("cat.png", 128, 128, [](int x, int y) { return x + y; });
    write("mask.png", 128, 128, [](int x, int) { return x < 64 ? 255 : 0; });
  }

  void write(const std::string& name, int width, int height, const std::function<int(int x, int y)>& shade) const {
    io::Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x)
        image.pixels.insert(image.pixels.end(), 3, static_cast<std::uint8_t>(shade(x, y)));
    }
    std::filesystem::create_directories((folder_ / name).parent_path());
    io::write_png(folder_ / name, image);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string output(std::vector<std::string> words) const {
    const bool has_seed = std::ranges::find(words, "--seed") != words.end();
    words.insert(words.begin(), "img2img");
    words.insert(words.end(), {"--model", tests::tiny_model("micro-sd1").string(), "--steps", "2", "--precision",
                               "fp32", "--data-dir", path("data")});
    if (!has_seed) words.insert(words.end(), {"--seed", "3"});
    return tests::output_of(add_img2img_command, std::move(words));
  }

  std::string refusal(const std::vector<std::string>& words) const {
    try {
      output(words);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  tests::TemporaryFolder folder_;
};

TEST_F(ImageToImageCommand, RedrawsAPictureInItsOwnSize) {
  EXPECT_EQ(output({path("cat.png"), "a cat", "--out", path("out.png")}), path("out.png") + "\n");
  EXPECT_EQ(io::read_png(path("out.png")).width, 128);
  output({"--init", path("cat.png"), "a cat", "--out", path("again.png")});
  EXPECT_EQ(io::read_png(path("again.png")).pixels, io::read_png(path("out.png")).pixels);
}

TEST_F(ImageToImageCommand, EnlargesAndRedrawsInTiles) {
  const std::vector<std::string> words{
      path("cat.png"), "a cat", "--sd-upscale-scale", "1.5", "--sd-upscale-overlap", "16",
      "--size",        "64x64", "--batch-size",       "8"};
  std::vector<std::string> once = words;
  once.insert(once.end(), {"--out", path("large.png")});
  EXPECT_EQ(output(once), path("large.png") + "\n");
  EXPECT_EQ(io::read_png(path("large.png")).width, 192);
  std::vector<std::string> looped = words;
  looped.insert(looped.end(), {"--loops", "2", "--out", path("loops")});
  EXPECT_THAT(refusal(looped), HasSubstr("sd_upscale is given for loopback"));
  // What the picture says of itself makes it again.
  output({path("cat.png"), "--like", path("large.png"), "--batch-size", "8", "--out", path("again.png")});
  EXPECT_EQ(io::read_png(path("again.png")).pixels, io::read_png(path("large.png")).pixels);
}

TEST_F(ImageToImageCommand, KeepsCopiesBesideThePicture) {
  output({path("cat.png"), "a cat", "--mask", path("mask.png"), "--save-mask", "--save-mask-composite", "--save-init",
          "--out", path("out.png")});
  EXPECT_EQ(io::read_png(path("out-mask.png")).channels, 3);
  EXPECT_EQ(io::read_png(path("out-mask-composite.png")).channels, 4);
  const std::filesystem::path folder = folder_ / "data" / "outputs" / "init-images";
  ASSERT_TRUE(std::filesystem::exists(folder));
  const std::filesystem::path kept = std::filesystem::directory_iterator(folder)->path();
  EXPECT_EQ(io::read_png(kept).pixels, io::read_png(path("cat.png")).pixels);
}

TEST_F(ImageToImageCommand, MakesLargePicturesInPieces) {
  const std::vector<std::string> words{path("cat.png"), "a cat", "--tiled-diffusion", "mixture of diffusers",
                                       "--diffusion-tile"};
  std::vector<std::string> cut = words, refused = words;
  cut.insert(cut.end(), {"16x16", "--diffusion-overlap", "8", "--size", "192x128", "--out", path("out.png")});
  output(cut);
  EXPECT_EQ(io::read_png(path("out.png")).width, 192);
  refused.insert(refused.end(), {"32x32", "--out", path("not.png")});
  EXPECT_THAT(refusal(refused), HasSubstr("tiled_diffusion_overlap is 48"));
}

TEST_F(ImageToImageCommand, LeavesWhatIsNotMasked) {
  output({path("cat.png"), "a cat", "--mask", path("mask.png"), "--mask-blur", "0", "--out", path("out.png")});
  const io::Image before = io::read_png(path("cat.png")), after = io::read_png(path("out.png"));
  EXPECT_NE(before.pixels, after.pixels);
  for (std::size_t i = 0; i < before.pixels.size(); ++i) {
    if (i / 3 % 128 >= 64) {
      ASSERT_EQ(before.pixels[i], after.pixels[i]) << i;
    }
  }
}

TEST_F(ImageToImageCommand, RefusesBeforeItLoadsAModel) {
  write("small.png", 1, 1, [](int, int) { return 0; });
  write("black.png", 128, 128, [](int, int) { return 0; });
  EXPECT_THAT(refusal({}), HasSubstr("no picture to start from"));
  EXPECT_THAT(refusal({path("none.png"), "a"}), HasSubstr("none.png"));
  EXPECT_THAT(refusal({path("small.png"), "a"}), HasSubstr("is 1x1, expected at least 8 pixels"));
  EXPECT_THAT(refusal({path("cat.png"), "a", "--mask", path("small.png")}),
              StartsWith("mask is 1x1, expected 128x128"));
  EXPECT_THAT(refusal({path("cat.png"), "a", "--mask", path("black.png")}), StartsWith("mask is black all over"));
  EXPECT_THAT(refusal({"a", "b", "--init", path("cat.png")}), StartsWith("words are given twice"));
  EXPECT_THAT(refusal({path("cat.png"), "a", "--fill", "nosie"}), HasSubstr("one of fill, original, latent noise"));
  EXPECT_THAT(refusal({path("cat.png"), "a", "--out", path("none/out.png")}), HasSubstr("does not exist"));
}

TEST_F(ImageToImageCommand, GoesOverAFolderAndOnWhereItStopped) {
  write("in/b.png", 128, 128, [](int x, int) { return x; });
  write("in/a.png", 128, 128, [](int, int y) { return y; });
  const std::vector<std::string> words{"--input-dir", path("in"), "--out", path("out"), "a cat"};
  EXPECT_EQ(output(words), path("out/a.png") + "\n" + path("out/b.png") + "\n");
  std::filesystem::remove(path("out/a.png"));
  EXPECT_EQ(output(words), path("out/a.png") + "\n");
  EXPECT_EQ(output(words), "");
}

TEST_F(ImageToImageCommand, TakesWordsAndSeedFromThePicturesOfAFolder) {
  std::filesystem::create_directories(path("in"));
  output({path("cat.png"), "a red cat", "--cfg", "3", "--seed", "77", "--out", path("in/cat.png")});
  EXPECT_THAT(output({"--input-dir", path("in"), "--reuse", "prompt,seed,cfg", "--out", path("out"), "big,", "--json"}),
              testing::AllOf(HasSubstr("big, a red cat"), HasSubstr("Seed: 77"), HasSubstr("CFG scale: 3.0")));
}

TEST_F(ImageToImageCommand, PassesOverPicturesOfAFolderThatCannotBeUsed) {
  write("in/a.png", 1, 1, [](int, int) { return 0; });
  write("in/b.png", 128, 128, [](int, int) { return 9; });
  EXPECT_THAT(refusal({"--input-dir", path("in"), "--out", path("out"), "a cat"}),
              StartsWith("1 of 2 pictures could not be used, the first is 'a.png'"));
  EXPECT_TRUE(std::filesystem::exists(path("out/b.png")));
}

TEST_F(ImageToImageCommand, RefusesFoldersThatCannotBeGoneOver) {
  std::filesystem::create_directories(path("empty"));
  EXPECT_THAT(refusal({"--input-dir", path("empty"), "--out", path("out"), "a"}), HasSubstr("has no pictures"));
  EXPECT_THAT(refusal({"--input-dir", path("none"), "--out", path("out"), "a"}), HasSubstr("is no folder"));
  write("in/a.png", 64, 64, [](int, int) { return 0; });
  EXPECT_THAT(refusal({"--input-dir", path("in"), "a"}), HasSubstr("without --out"));
  EXPECT_THAT(refusal({"--input-dir", path("in"), "--out", path("in"), "a"}), HasSubstr("expected another one"));
  EXPECT_THAT(refusal({"--input-dir", path("in"), "--out", path("cat.png"), "a"}), HasSubstr("cannot be written to"));
  EXPECT_THAT(refusal({"--input-dir", path("in"), "--out", path("out"), "--reuse", "promt", "a"}),
              HasSubstr("did you mean 'prompt'"));
}

TEST_F(ImageToImageCommand, RefusesALoopThatCannotBeBeforeAnythingIsMade) {
  EXPECT_THAT(refusal({path("cat.png"), "a cat", "--loops", "3", "--loop-curve", "Silly", "--out", path("loops")}),
              HasSubstr("the curve 'Silly'"));
  EXPECT_THAT(refusal({path("cat.png"), "a cat", "--loops", "0", "--out", path("loops")}), HasSubstr("of 0 loops"));
  EXPECT_FALSE(std::filesystem::exists(path("loops")));
}

TEST_F(ImageToImageCommand, RefusesAFilmOfTiles) {
  EXPECT_THAT(refusal({path("cat.png"), "a cat", "--sd-upscale", "--size", "64x64", "--sd-upscale-overlap", "8",
                       "--film", path("cat.webp")}),
              HasSubstr("one tile after the other"));
}

TEST_F(ImageToImageCommand, NamesADamagedPictureOfAFolderOnce) {
  write("in/a.png", 64, 64, [](int, int) { return 9; });
  std::filesystem::resize_file(path("in/a.png"), 60);
  EXPECT_THAT(refusal({"--input-dir", path("in"), "a cat", "--out", path("out")}),
              HasSubstr("the first is 'a.png' is a damaged PNG picture"));
}

}  // namespace
}  // namespace fude::apps
