#include "service/picture_file.h"

#include <gmock/gmock.h>

#include "io/images/picture_encoder.h"
#include "tests/service/gallery_fixture.h"
#include "tests/support/refusal.h"

namespace fude::service {
namespace {

using testing::ElementsAre;

class PictureFile : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "a.png";

  Picture read(std::span<const std::byte> bytes) const {
    write_file(file_, bytes);
    return read_picture_file(file_);
  }
};

TEST_F(PictureFile, SaysHowItWasMade) {
  const Picture picture = read(picture_bytes(infotext("sky <lora:ink:0.8>, <lora:ink:1><hypernet:soft:1>", 7)));
  EXPECT_EQ(picture.width, 8);
  EXPECT_EQ(picture.height, 4);
  EXPECT_EQ(picture.byte_count, static_cast<std::int64_t>(std::filesystem::file_size(file_)));
  EXPECT_EQ(picture.prompt, "sky <lora:ink:0.8>, <lora:ink:1><hypernet:soft:1>");
  EXPECT_EQ(picture.negative_prompt, "lowres, 悪い手");
  EXPECT_EQ(picture.model, "hajime");
  EXPECT_EQ(picture.model_hash, "0123456789");
  EXPECT_EQ(picture.sampler, "Euler a");
  EXPECT_EQ(picture.seed, 7);
  EXPECT_EQ(picture.steps, 20);
  EXPECT_EQ(picture.cfg_scale, 7.5);
  EXPECT_THAT(picture.adapters, ElementsAre("ink", "soft"));
  EXPECT_NEAR(static_cast<double>(picture.created_at), static_cast<double>(time(nullptr)) * 1000, 60'000);
}

TEST_F(PictureFile, IsKnownInEveryFormat) {
  const io::Image image{.width = 8, .height = 4, .channels = 3, .pixels = std::vector<std::uint8_t>(96)};
  for (const io::PictureFormat format : {io::PictureFormat::kJpeg, io::PictureFormat::kWebp}) {
    const Picture picture =
        read(io::encode_picture(image, {.format = format}, {.texts = {{"parameters", infotext("空", 7)}}}));
    EXPECT_EQ(picture.width, 8);
    EXPECT_EQ(picture.height, 4);
    EXPECT_EQ(picture.prompt, "空");
    EXPECT_EQ(picture.seed, 7);
  }
}

TEST_F(PictureFile, MaySayNothing) {
  const Picture picture = read(picture_bytes(""));
  EXPECT_EQ(picture.infotext, "");
  EXPECT_EQ(picture.seed, -1);
}

TEST_F(PictureFile, IsKnownByItsHeadWhenTheRestIsDamaged) {
  std::vector<std::byte> bytes = picture_bytes(infotext("sky", 7));
  bytes.resize(bytes.size() - 16);
  EXPECT_EQ(read(bytes).prompt, "sky");
}

TEST_F(PictureFile, KeepsTheBeginningOfHugeTexts) {
  const Picture picture = read(picture_bytes(infotext(std::string(1 << 20, 'x') + "空", 7)));
  EXPECT_EQ(picture.prompt.size(), kKeptText);
  EXPECT_EQ(picture.seed, 7);
}

TEST_F(PictureFile, RefusesWhatIsNoPicture) {
  write_file(file_, std::as_bytes(std::span("no picture", 10)));
  tests::refusal(ErrorCode::kCorruptFile, [&] { read_picture_file(file_); });
  tests::refusal(ErrorCode::kCorruptFile, [&] { read_picture_file(folder_.path()); });
  tests::refusal(ErrorCode::kNotFound, [&] { read_picture_file(folder_ / "none.png"); });
}

TEST_F(PictureFile, HasAFingerprintOfItsContent) {
  const auto bytes = picture_bytes("a"), others = picture_bytes("a", 1);
  EXPECT_EQ(picture_fingerprint(bytes), picture_fingerprint(bytes));
  EXPECT_NE(picture_fingerprint(bytes), picture_fingerprint(others));
  EXPECT_EQ(picture_fingerprint({}).size(), 16u);
}

TEST_F(PictureFile, KeepsADamagedSidecarAside) {
  write_file(sidecar_of(file_), std::as_bytes(std::span("damaged", 7)));
  EXPECT_EQ(read_sidecar(file_), Sidecar{});
  save_sidecar(file_, {.rating = 2});
  EXPECT_EQ(read_sidecar(file_).rating, 2);
  EXPECT_EQ(file_text(folder_ / "a.png.xmp.damaged"), "damaged");
}

TEST(IsPictureName, GoesByTheEnding) {
  EXPECT_TRUE(is_picture_name("a/b.PNG"));
  EXPECT_TRUE(is_picture_name("b.jpg"));
  EXPECT_TRUE(is_picture_name("b.JPEG"));
  EXPECT_TRUE(is_picture_name("b.webp"));
  EXPECT_FALSE(is_picture_name("b.txt"));
  EXPECT_FALSE(is_picture_name("png"));
  EXPECT_FALSE(is_picture_name(".png"));
  EXPECT_FALSE(is_picture_name("a.png.xmp"));
}

}  // namespace
}  // namespace fude::service
