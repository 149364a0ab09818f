#include "server/sent_picture.h"

#include <gtest/gtest.h>

#include "core/base64.h"
#include "io/images/picture_encoder.h"
#include "io/images/png_file.h"
#include "server/error_response.h"

namespace fude::server {
namespace {

std::string picture() {
  const io::Image dot{.width = 1, .height = 1, .channels = 1, .pixels = {9}};
  const std::vector<io::PngText> texts{{"parameters", "猫\nSteps: 1"}, {"Software", "other"}};
  return base64_encode(io::encode_png(dot, texts));
}

int status_of(const std::string& text) {
  try {
    text_of_sent_picture(text);
  } catch (const HttpError& error) {
    return error.status();
  }
  return 200;
}

TEST(SentPicture, IsBareOrADataUri) {
  EXPECT_EQ(text_of_sent_picture(picture()).infotext, "猫\nSteps: 1");
  EXPECT_EQ(text_of_sent_picture("data:image/png;base64," + picture()).infotext, "猫\nSteps: 1");
  EXPECT_EQ(text_of_sent_picture(picture()).others.size(), 1u);
}

TEST(SentPicture, AnythingElseIsInvalid) {
  for (const std::string& text :
       {std::string(""), std::string("!"), std::string("data:image/png,abc"), base64_encode("no picture"),
        std::string("http://127.0.0.1/a.png"), "data:" + std::string(100000, 'x') + ";base64,"}) {
    EXPECT_EQ(status_of(text), 500) << text.substr(0, 40);
  }
}

TEST(SentPicture, OtherFormatsAreTold) {
  EXPECT_EQ(status_of(base64_encode("GIF89a and more")), 501);
  EXPECT_EQ(status_of(base64_encode("BM and more")), 501);
}

TEST(SentPicture, JpegAndWebpAreRead) {
  const io::Image dot{.width = 1, .height = 1, .channels = 1, .pixels = {9}};
  for (const io::PictureFormat format : {io::PictureFormat::kJpeg, io::PictureFormat::kWebp}) {
    const auto file = io::encode_picture(dot, {.format = format}, {.texts = {{"parameters", "猫\nSteps: 1"}}});
    EXPECT_EQ(text_of_sent_picture(base64_encode(file)).infotext, "猫\nSteps: 1");
  }
}

TEST(SentPicture, ACutPictureGivesWhatIsLeft) {
  const std::string cut = base64_decode(picture())->substr(0, 60);
  EXPECT_NO_THROW(text_of_sent_picture(base64_encode(cut)));
}

}  // namespace
}  // namespace fude::server
