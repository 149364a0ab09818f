#include <gmock/gmock.h>

#include <fstream>

#include "apps/fude/command.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_encoder.h"
#include "io/images/png_file.h"
#include "pipelines/stored_text.h"
#include "tests/apps/command_output.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::apps {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class EditCommand : public testing::Test {
 protected:
  EditCommand() {
    io::Image picture{.width = 16, .height = 8, .channels = 3, .pixels = {}};
    for (int i = 0; i < 16 * 8 * 3; ++i) picture.pixels.push_back(static_cast<std::uint8_t>(i));
    io::write_png(folder_ / "桜.png", picture, std::vector<io::PngText>{{"parameters", "猫\nSteps: 20"}});
    io::Image mask{.width = 16, .height = 8, .channels = 1, .pixels = std::vector<std::uint8_t>(128)};
    mask.pixels[0] = 255;
    io::write_png(folder_ / "mask.png", mask);
  }

  fs::path edit(std::vector<std::string> words) const {
    words.insert(words.begin(), {"edit", (folder_ / "桜.png").string()});
    const std::string printed = tests::output_of(add_edit_command, std::move(words));
    return fs::path(printed.substr(0, printed.find('\n')));
  }

  std::string refusal(std::vector<std::string> words) const {
    return tests::refusal(ErrorCode::kInvalidArgument, [&] { edit(std::move(words)); });
  }

  tests::TemporaryFolder folder_;
};

TEST_F(EditCommand, LaysAMosaicAndKeepsTheText) {
  const fs::path path = edit({"--mosaic", "--mask", (folder_ / "mask.png").string()});
  EXPECT_EQ(path.filename(), "桜-edited.png");
  const io::Image before = io::read_png(folder_ / "桜.png"), after = io::read_png(path);
  EXPECT_EQ(after.pixels[0], after.pixels[9]);     // one square of 4 x 4 pixels
  EXPECT_EQ(after.pixels[12], before.pixels[12]);  // the next one
  EXPECT_EQ(pipelines::read_infotext_of(path), "猫\nSteps: 20");
  EXPECT_EQ(edit({"--mosaic", "--mask", (folder_ / "mask.png").string()}).filename(), "桜-edited-1.png");
}

TEST_F(EditCommand, ChangesTheFormatAndKeepsTheText) {
  for (const char* format : {"jpg", "webp"}) {
    const fs::path path = edit({"--format", format});
    EXPECT_EQ(path.extension(), std::string(".") + format);
    EXPECT_EQ(pipelines::read_infotext_of(path), "猫\nSteps: 20");
  }
  EXPECT_EQ(edit({"--out", (folder_ / "b.webp").string(), "--lossless"}), folder_ / "b.webp");
}

TEST_F(EditCommand, RefusesWhatDoesNotFit) {
  EXPECT_THAT(refusal({"--mosaic"}), HasSubstr("--mosaic has no mask"));
  EXPECT_THAT(refusal({"--format", "jpg", "--out", (folder_ / "b.png").string()}), HasSubstr("ends in '.jpg'"));
  const io::Image small{.width = 8, .height = 8, .channels = 1, .pixels = std::vector<std::uint8_t>(64, 255)};
  io::write_png(folder_ / "small.png", small);
  EXPECT_THAT(refusal({"--mosaic", "--mask", (folder_ / "small.png").string()}), HasSubstr("the mask is 8x8"));
}

}  // namespace
}  // namespace fude::apps
