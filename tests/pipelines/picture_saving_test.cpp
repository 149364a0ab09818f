#include "pipelines/picture_saving.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/images/picture_decoder.h"
#include "io/images/png_file.h"
#include "pipelines/stored_text.h"
#include "tests/support/temporary_folder.h"

namespace fude::pipelines {
namespace {

constexpr std::string_view kInfotext = "桜\nSteps: 20, Sampler: Euler a, Seed: 7, Size: 8x8";

io::Image picture(int width, int height) {
  return {.width = width,
          .height = height,
          .channels = 3,
          .pixels = std::vector<std::uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3)};
}

TEST(EncodeForSaving, WritesTextAndSourceUnlessToldOtherwise) {
  for (const io::PictureFormat format : {io::PictureFormat::kPng, io::PictureFormat::kJpeg, io::PictureFormat::kWebp}) {
    SavingOptions options{.encoding = {.format = format}};
    const std::string text(kInfotext);
    const EncodedPicture file = encode_for_saving(picture(8, 8), text, io::DigitalSource::kComposite, options);
    EXPECT_EQ(file.format, format);
    EXPECT_EQ(read_stored_text(file.bytes, "x").infotext, kInfotext);
    const std::string_view bytes(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
    EXPECT_EQ(io::source_of_packet(bytes), io::DigitalSource::kComposite);
    options.writes_infotext = options.writes_source = false;
    const EncodedPicture bare = encode_for_saving(picture(8, 8), text, io::DigitalSource::kComposite, options);
    EXPECT_FALSE(read_stored_text(bare.bytes, "x").infotext);
    const std::string_view rest(reinterpret_cast<const char*>(bare.bytes.data()), bare.bytes.size());
    EXPECT_EQ(io::source_of_packet(rest), io::DigitalSource::kUnsaid);
  }
}

TEST(EncodeForSaving, BecomesPngWhereTheFormatIsTooSmall) {
  const SavingOptions webp{.encoding = {.format = io::PictureFormat::kWebp}};
  EXPECT_EQ(encode_for_saving(picture(16384, 1), "", io::DigitalSource::kUnsaid, webp).format, io::PictureFormat::kPng);
  const SavingOptions jpeg{.encoding = {.format = io::PictureFormat::kJpeg}};
  EXPECT_EQ(encode_for_saving(picture(8, 8), std::string(40000, 'a'), io::DigitalSource::kUnsaid, jpeg).format,
            io::PictureFormat::kPng);
}

TEST(SavingName, FollowsThePatterns) {
  NamingFacts facts;
  facts.infotext = parse_infotext(kInfotext);
  facts.seed = 7;
  EXPECT_EQ(saving_name({}, facts), "7");
  EXPECT_EQ(saving_name({}, facts, "-mask"), "7-mask");
  EXPECT_EQ(saving_name({.has_folders = false}, facts), "7-桜");
  EXPECT_EQ(saving_name({.name_pattern = "../[sampler]/[seed]"}, facts), "Euler a/7");
  EXPECT_EQ(saving_folder({.has_folders = false}, facts), "");
  EXPECT_EQ(saving_folder({.folder_pattern = "[sampler]/../[prompt]"}, facts), "Euler a/桜");
  EXPECT_EQ(saving_folder({}, facts).string().size(), 10u);  // a date
}

TEST(WriteCompanions, WritesTheTextAndASmallCopyOfWhatIsLarge) {
  const tests::TemporaryFolder folder;
  const SavingOptions options{.writes_text_file = true, .writes_small_copy = true};
  EXPECT_THAT(write_companions(folder / "a.png", picture(8, 8), std::string(kInfotext), options),
              testing::ElementsAre(folder / "a.txt"));
  EXPECT_EQ(read_infotext_of(folder / "a.txt"), std::string(kInfotext) + "\n");
  const auto written = write_companions(folder / "b.jpg", picture(5000, 10), "", options);
  ASSERT_THAT(written, testing::ElementsAre(folder / "b-small.jpg"));
  EXPECT_TRUE(write_companions(folder / "c.png", picture(5000, 10), std::string(kInfotext), {}).empty());
}

TEST(WriteCopies, WritesWhatIsKeptBesideThePicture) {
  const tests::TemporaryFolder folder;
  io::Image transparent = picture(4, 4);
  transparent.channels = 4;
  transparent.pixels.resize(4 * 4 * 4, 9);
  const std::vector<PictureCopy> copies{{.suffix = "-mask", .image = picture(8, 8)},
                                        {.suffix = "-mask-composite", .image = transparent},
                                        {.suffix = "-unkept", .image = picture(8, 8), .is_kept = false}};
  const SavingOptions jpeg{.encoding = {.format = io::PictureFormat::kJpeg}};
  EXPECT_THAT(write_copies(folder / "00001-7.jpg", copies, std::string(kInfotext), jpeg),
              testing::ElementsAre(folder / "00001-7-mask.jpg", folder / "00001-7-mask-composite.png"));
  EXPECT_EQ(read_infotext_of(folder / "00001-7-mask.jpg"), kInfotext);
  EXPECT_EQ(io::read_png(folder / "00001-7-mask-composite.png").pixels, transparent.pixels);
}

TEST(WriteInitPicture, WritesEachPictureOnce) {
  const tests::TemporaryFolder folder;
  const std::filesystem::path place = folder / "outputs" / "init-images";
  EXPECT_EQ(write_init_picture(place, {.md5 = "abc", .image = picture(8, 8)}), place / "abc.png");
  write_init_picture(place, {.md5 = "abc", .image = picture(4, 4)});
  EXPECT_EQ(io::read_png(place / "abc.png").width, 8);
}

}  // namespace
}  // namespace fude::pipelines
