#include "io/images/picture_encoder.h"

#include <gtest/gtest.h>

#include "io/images/digital_source.h"
#include "io/images/exif.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_difference.h"
#include "io/images/picture_parts.h"
#include "tests/support/refusal.h"

namespace fude::io {
namespace {

// Colours that change slowly, so that no encoder loses much.
Image gradient(int channels) {
  Image image{.width = 48, .height = 33, .channels = channels, .pixels = {}};
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      for (int c = 0; c < channels; ++c) image.pixels.push_back(static_cast<std::uint8_t>(40 + x * 3 + y * 2 + c * 4));
    }
  }
  return image;
}

const PictureNotes kNotes{.texts = {{"parameters", "桜, sakura\nSteps: 20, Sampler: Euler a, Seed: 7"}},
                          .xmp = source_packet(DigitalSource::kComposite)};

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(EncodePicture, KeepsPixelsAndNotesInEveryFormat) {
  const std::vector<PictureEncoding> encodings{{.format = PictureFormat::kJpeg, .quality = 95},
                                               {.format = PictureFormat::kWebp, .quality = 95},
                                               {.format = PictureFormat::kWebp, .is_lossless = true}};
  for (const PictureEncoding& encoding : encodings) {
    for (const int channels : {1, 3}) {
      const std::vector<std::byte> file = encode_picture(gradient(channels), encoding, kNotes);
      EXPECT_EQ(picture_format(file), encoding.format);
      const Image image = decode_picture(file);
      if (image.channels == channels) {
        EXPECT_GT(signal_to_noise(gradient(channels), image), encoding.is_lossless ? 99 : 38);
      }
      const PictureParts parts = picture_parts(file);
      EXPECT_EQ(read_exif(parts.exif).user_comment, kNotes.texts.front().text);
      EXPECT_EQ(as_text(parts.xmp), kNotes.xmp);
    }
  }
}

TEST(EncodePicture, WritesXmpIntoPngAsUnicodeText) {
  const std::vector<std::byte> file = encode_picture(gradient(3), {}, kNotes);
  const PngTexts texts = read_png_texts(file);
  ASSERT_EQ(texts.texts.size(), 2U);
  EXPECT_EQ(texts.texts[0].text, kNotes.texts.front().text);
  EXPECT_EQ(find_text(texts.texts, kXmpKeyword), kNotes.xmp);
  EXPECT_EQ(text_chunk({std::string(kXmpKeyword), "ascii"}).type, "iTXt");
  EXPECT_EQ(decode_picture(file).pixels, gradient(3).pixels);
}

TEST(EncodePicture, KeepsTransparencyInWebpAndDropsItInJpeg) {
  for (const bool is_lossless : {false, true}) {
    const auto file = encode_picture(gradient(4), {.format = PictureFormat::kWebp, .is_lossless = is_lossless}, kNotes);
    const Image image = decode_picture(file);
    ASSERT_EQ(image.channels, 4);
    EXPECT_EQ(image.pixels[3], gradient(4).pixels[3]);
  }
  EXPECT_EQ(decode_picture(encode_picture(gradient(4), {.format = PictureFormat::kJpeg})).channels, 3);
}

TEST(EncodePicture, RefusesWhatTheFormatCannotHold) {
  const PictureNotes novel{.texts = {{"parameters", std::string(40000, 'a')}}};  // UTF-16: twice as long
  EXPECT_FALSE(can_hold(PictureFormat::kJpeg, 8, 8, novel));
  EXPECT_TRUE(can_hold(PictureFormat::kWebp, 8, 8, novel));
  EXPECT_FALSE(can_hold(PictureFormat::kWebp, 16384, 8, {}));
  EXPECT_FALSE(can_hold(PictureFormat::kJpeg, 8, 65501, {}));
  EXPECT_TRUE(can_hold(PictureFormat::kPng, 100000, 8, novel));
  tests::refusal(ErrorCode::kInvalidArgument,
                 [&] { encode_picture(gradient(3), {.format = PictureFormat::kJpeg}, novel); });
  tests::refusal(ErrorCode::kInvalidArgument, [&] { encode_picture(gradient(3), {.quality = 0}); });
  Image broken = gradient(3);
  broken.width = 49;
  for (const PictureFormat format : {PictureFormat::kPng, PictureFormat::kJpeg, PictureFormat::kWebp}) {
    tests::refusal(ErrorCode::kInvalidArgument, [&] { encode_picture(broken, {.format = format}); });
  }
}

TEST(DigitalSource, IsReadAsItIsWritten) {
  for (const DigitalSource source : {DigitalSource::kUnsaid, DigitalSource::kGenerated, DigitalSource::kComposite}) {
    EXPECT_EQ(source_of_packet(source_packet(source)), source);
  }
  EXPECT_EQ(source_of_packet("DigitalSourceType='http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture'"),
            DigitalSource::kUnsaid);
}

}  // namespace
}  // namespace fude::io
