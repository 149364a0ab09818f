#include <gtest/gtest.h>

#include <string>

#include "core/error.h"
#include "io/images/png_file.h"
#include "tests/io/images/checkered.h"
#include "tests/support/temporary_folder.h"

namespace fude::io {
namespace {

using tests::checkered;

TEST(EncodePng, KeepsPixelsAndTexts) {
  for (const int channels : {1, 3, 4}) {
    const Image image = checkered(channels);
    const std::vector<PngText> texts{{"parameters", "a cat\nSteps: 20"}, {"note", "猫"}};
    const std::vector<std::byte> file = encode_png(image, texts);
    const Image back = decode_png(file);
    EXPECT_EQ(back.width, 5);
    EXPECT_EQ(back.height, 3);
    EXPECT_EQ(back.channels, channels);
    EXPECT_EQ(back.pixels, image.pixels);
    const PngTexts read = read_png_texts(file);
    EXPECT_TRUE(read.is_whole);
    EXPECT_EQ(find_text(read.texts, "parameters"), "a cat\nSteps: 20");
    EXPECT_EQ(find_text(read.texts, "note"), "猫");
  }
}

TEST(EncodePng, PutsTextsBeforePixels) {
  const std::vector<PngText> texts{{"parameters", "a cat"}};
  const std::vector<std::byte> file = encode_png(checkered(3), texts);
  const std::string_view all(reinterpret_cast<const char*>(file.data()), file.size());
  EXPECT_LT(all.find("tEXtparameters"), all.find("IDAT"));
}

TEST(EncodePng, RefusesSizesThatDisagree) {
  Image image = checkered(3);
  image.width = 6;
  EXPECT_THROW(encode_png(image), Error);
  image = checkered(3);
  image.channels = 2;
  EXPECT_THROW(encode_png(image), Error);
  EXPECT_THROW(encode_png({}), Error);
}

TEST(WritePng, LeavesAWholeFile) {
  const tests::TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "a.png";
  const std::vector<PngText> texts{{"parameters", "a cat"}};
  write_png(path, checkered(4), texts);
  EXPECT_EQ(read_png(path).pixels, checkered(4).pixels);
}

}  // namespace
}  // namespace fude::io
