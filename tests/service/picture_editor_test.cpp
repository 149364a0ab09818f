#include "service/picture_editor.h"

#include <gmock/gmock.h>

#include "core/platform/mapped_file.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_encoder.h"
#include "io/images/picture_notes.h"
#include "service/picture_file.h"
#include "tests/service/gallery_fixture.h"
#include "tests/support/refusal.h"

namespace fude::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kMark = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">made by a model</x:xmpmeta>";

io::Image rising(int width, int height, int channels) {
  io::Image image{.width = width, .height = height, .channels = channels, .pixels = {}};
  for (int i = 0; i < width * height * channels; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 5));
  return image;
}

// White in its upper left corner only, or nowhere.
pipelines::PictureBytes mask(int width, int height, bool is_empty = false) {
  io::Image image{.width = width, .height = height, .channels = 1, .pixels = {}};
  image.pixels.resize(static_cast<std::size_t>(width * height));
  if (!is_empty) image.pixels[0] = 255;
  return pipelines::png_of(image);
}

class PictureEditor : public GalleryTest {
 protected:
  Picture put(const std::string& name, const io::PictureEncoding& encoding = {}) {
    const io::PictureNotes notes{.texts = {{"parameters", infotext("a cat", 7)}}, .xmp = kMark};
    write_file(outputs_ / name, io::encode_picture(rising(16, 8, 3), encoding, notes));
    return gallery_.add(outputs_ / name, /*job=*/3, /*index=*/2);
  }
  io::PictureNotes notes_of(const Picture& picture) const {
    return io::picture_notes(platform::MappedFile::open(gallery_.path_of(picture))->bytes());
  }
  std::string refusal(ErrorCode code, PictureId id, const pipelines::PictureBytes& wrong, int block = 0) {
    return tests::refusal(code, [&] { add_mosaic(gallery_, id, wrong, block); });
  }
};

TEST_F(PictureEditor, LaysAMosaicBesideThePicture) {
  const Picture before = put("a/00004-7.png");
  const std::string bytes = file_text(outputs_ / before.file);
  const Picture after = add_mosaic(gallery_, before.id, mask(16, 8), 4);
  EXPECT_NE(after.id, before.id);
  EXPECT_EQ(after.file, "a/00004-7-edited.png");
  const io::Image image = io::read_png(outputs_ / after.file), was = rising(16, 8, 3);
  EXPECT_EQ(image.pixels[0], image.pixels[9]) << "one square of 4 x 4 pixels";
  EXPECT_EQ(image.pixels[12], was.pixels[12]) << "the next one";
  EXPECT_EQ(file_text(outputs_ / before.file), bytes);
  EXPECT_EQ(add_mosaic(gallery_, before.id, mask(16, 8), 0).file, "a/00004-7-edited-1.png");
}

TEST_F(PictureEditor, KeepsWhatThePictureSaysAndWhatPeopleSaidOfIt) {
  Picture before = put("a.png");
  before = gallery_.change(before.id, {.rating = 4, .note = "好き", .tags = {{"cat", "keep"}}});
  const Picture after = *gallery_.find(add_mosaic(gallery_, before.id, mask(16, 8), 0).id);
  EXPECT_EQ(after.infotext, before.infotext);
  EXPECT_EQ(after.prompt, "a cat");
  EXPECT_EQ(after.rating, 4);
  EXPECT_EQ(after.note, "好き");
  EXPECT_THAT(after.tags, ElementsAre("cat", "keep"));
  EXPECT_EQ(after.job, 3);
  EXPECT_EQ(after.index, 2);
  EXPECT_EQ(notes_of(after).texts.at(0).text, infotext("a cat", 7));
  EXPECT_THAT(notes_of(after).xmp, HasSubstr("made by a model"));
  EXPECT_EQ(read_sidecar(outputs_ / after.file).fingerprint, after.fingerprint);
}

TEST_F(PictureEditor, KeepsTheKindOfFile) {
  const Picture lossless = put("a.webp", {.format = io::PictureFormat::kWebp, .is_lossless = true});
  const Picture after = add_mosaic(gallery_, lossless.id, mask(16, 8), 4);
  EXPECT_EQ(after.file, "a-edited.webp");
  const io::Image image = io::decode_picture(platform::MappedFile::open(outputs_ / after.file)->bytes());
  EXPECT_EQ(image.pixels[12], rising(16, 8, 3).pixels[12]) << "it had no losses";
  const Picture jpeg = put("b.jpg", {.format = io::PictureFormat::kJpeg});
  const Picture edited = add_mosaic(gallery_, jpeg.id, mask(16, 8), 0);
  EXPECT_EQ(edited.file, "b-edited.jpg");
  EXPECT_EQ(edited.infotext, jpeg.infotext);
}

TEST_F(PictureEditor, RefusesWhatCannotBe) {
  const Picture picture = put("a.png");
  using enum ErrorCode;
  EXPECT_THAT(refusal(kNotFound, 999, mask(16, 8)), HasSubstr("there is no picture 999"));
  EXPECT_THAT(refusal(kInvalidArgument, picture.id, mask(8, 8)), HasSubstr("the mask is 8x8"));
  EXPECT_THAT(refusal(kInvalidArgument, picture.id, mask(16, 8, /*is_empty=*/true)), HasSubstr("the mask is empty"));
  EXPECT_THAT(refusal(kInvalidArgument, picture.id, pipelines::picture_bytes("ABC")), HasSubstr("'mask' is"));
  EXPECT_THAT(refusal(kInvalidArgument, picture.id, mask(16, 8), 1), HasSubstr("block is 1 pixels"));
  gallery_.move_to_bin(picture.id);
  EXPECT_THAT(refusal(kInvalidArgument, picture.id, mask(16, 8)), HasSubstr("in the bin"));
  EXPECT_EQ(gallery_.search({}).total, 0) << "nothing was made";
}

}  // namespace
}  // namespace fude::service
