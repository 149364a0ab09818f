#include "pipelines/picture_file.h"

#include <gtest/gtest.h>

#include "io/images/png_file.h"
#include "pipelines/stored_text.h"
#include "tests/support/temporary_folder.h"

namespace fude::pipelines {
namespace {

TEST(EncodePicture, HasThePictureAndItsText) {
  const FinishedPicture picture{.request = {},
                                .image = {.width = 2, .height = 1, .channels = 3, .pixels = {1, 2, 3, 4, 5, 6}},
                                .infotext = "猫\nSteps: 20"};
  const std::vector<std::byte> bytes = encode_picture(picture);
  EXPECT_EQ(io::decode_png(bytes).pixels, picture.image.pixels);
  const std::vector<io::PngText> texts = io::read_png_texts(bytes).texts;
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_EQ(io::source_of_packet(texts[1].text), io::DigitalSource::kGenerated);
  EXPECT_EQ(texts[0].keyword, "parameters");
  EXPECT_EQ(texts[0].text, picture.infotext);
}

}  // namespace
}  // namespace fude::pipelines
