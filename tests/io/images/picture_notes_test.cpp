#include "io/images/picture_notes.h"

#include <gtest/gtest.h>

#include "io/images/exif.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_parts.h"
#include "tests/io/images/sample_pictures.h"

namespace fude::io {
namespace {

const Image kDot{.width = 1, .height = 1, .channels = 3, .pixels = {9, 9, 9}};

TEST(PictureNotes, TravelThroughEveryFormat) {
  PictureNotes notes{.texts = {{"parameters", "桜\nSteps: 20"}}, .xmp = "<x:xmpmeta/>"};
  for (const PictureFormat format :
       {PictureFormat::kWebp, PictureFormat::kJpeg, PictureFormat::kPng, PictureFormat::kJpeg, PictureFormat::kWebp}) {
    notes = picture_notes(encode_picture(kDot, {.format = format}, notes));
    ASSERT_EQ(notes.texts.size(), 1u);
    EXPECT_EQ(notes.texts[0].text, "桜\nSteps: 20");
    EXPECT_EQ(notes.xmp, "<x:xmpmeta/>");
  }
}

TEST(PictureNotes, KeepWhatTheCameraSaidButTheTurn) {
  const std::vector<std::byte> file = tests::bytes_of_hex(tests::kTurnedJpeg);
  const PictureNotes notes = picture_notes(file);
  ASSERT_FALSE(notes.exif.empty());
  EXPECT_EQ(read_exif(notes.exif).orientation, 1);
  const auto again = encode_picture(decode_picture(file), {.format = PictureFormat::kJpeg}, notes);
  EXPECT_EQ(decode_picture(again).height, 16);
  EXPECT_EQ(loss_of_notes(notes, PictureFormat::kJpeg), "");
  EXPECT_EQ(loss_of_notes(notes, PictureFormat::kPng), "what the camera said (EXIF)");
}

TEST(PictureNotes, TellWhatWouldBeLost) {
  const PictureNotes notes{.texts = {{"parameters", "a"}, {"workflow", "{}"}}};
  EXPECT_EQ(loss_of_notes(notes, PictureFormat::kJpeg), "texts other than 'parameters'");
  EXPECT_EQ(loss_of_notes(notes, PictureFormat::kPng), "");
  EXPECT_TRUE(picture_notes({}).texts.empty());
}

}  // namespace
}  // namespace fude::io
