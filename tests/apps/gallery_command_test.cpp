#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "apps/fude/command.h"
#include "core/error.h"
#include "io/images/png_file.h"
#include "tests/apps/command_output.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::apps {
namespace {

using testing::HasSubstr;

class GalleryCommand : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;

  void SetUp() override {
    draw("a.png", "red sky, 笑顔");
    draw("line\nbreak.png", "rain");
    EXPECT_EQ(gallery({"rescan"}), "2 pictures: 2 new, 0 changed, 0 gone, 0 unreadable.\n");
  }
  void draw(const std::string& name, const std::string& prompt) const {
    std::filesystem::create_directories(folder_ / "outputs");
    const io::PngText texts[] = {{"parameters", prompt + "\nSteps: 20, Sampler: Euler, Seed: 7, Size: 8x4"}};
    io::write_png(folder_ / ("outputs/" + name),
                  {.width = 8, .height = 4, .channels = 1, .pixels = std::vector<std::uint8_t>(32)}, texts);
  }
  std::string gallery(std::vector<std::string> words) const {
    words.insert(words.begin(), {"gallery", "--data-dir", folder_.path().string()});
    return tests::output_of(add_gallery_command, std::move(words));
  }
  std::int64_t id_of(const std::string& text) const {
    const auto found = nlohmann::json::parse(gallery({"search", text, "--json"}));
    return found.at("pictures").at(0).at("id");
  }
};

TEST_F(GalleryCommand, ListsPictures) {
  const std::string text = gallery({"search", "sky"});
  EXPECT_THAT(text, HasSubstr("a.png"));
  EXPECT_THAT(text, HasSubstr("8x4"));
  EXPECT_THAT(text, HasSubstr("red sky, 笑顔\n"));
  EXPECT_THAT(text, HasSubstr("\n1 of 1 pictures.\n"));
  EXPECT_THAT(gallery({"search", "--limit", "1"}), HasSubstr("\n1 of 2 pictures.\n"));
  EXPECT_EQ(gallery({"search", "snow"}), "0 of 0 pictures.\n");
  EXPECT_THAT(gallery({"search", "--", "-sky"}), HasSubstr("line\\x0abreak.png"));
}

TEST_F(GalleryCommand, PrintsJson) {
  const auto found = nlohmann::json::parse(gallery({"search", "笑顔", "--json"}));
  EXPECT_EQ(found.at("total"), 1);
  EXPECT_EQ(found.at("pictures").at(0).at("file"), "a.png");
  EXPECT_EQ(found.at("pictures").at(0).at("seed"), 7);
}

TEST_F(GalleryCommand, Rates) {
  const std::string id = std::to_string(id_of("sky"));
  EXPECT_THAT(gallery({"rate", id, "4", "--tag", "a", "--tag", "b", "--note", "n"}), HasSubstr("****"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "outputs/a.png.xmp"));
  EXPECT_THAT(gallery({"search", "rating:4", "tag:b", "note:n"}), HasSubstr("1 of 1"));
  EXPECT_THROW(gallery({"rate", id, "6"}), CLI::ParseError);
}

TEST_F(GalleryCommand, ForgetsPicturesThatAreAllGoneOnlyWhenAskedTo) {
  for (int i = 0; i < 10; ++i) draw(std::to_string(i) + ".png", std::to_string(i));
  gallery({"rescan"});
  std::filesystem::rename(folder_ / "outputs", folder_ / "away");
  EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [&] { gallery({"rescan"}); }), HasSubstr("rescan --forget"));
  EXPECT_EQ(gallery({"rescan", "--forget"}), "0 pictures: 0 new, 0 changed, 12 gone, 0 unreadable.\n");
}

TEST_F(GalleryCommand, BinsAndRestores) {
  const std::string id = std::to_string(id_of("sky"));
  EXPECT_THAT(gallery({"bin", id}), HasSubstr(".bin/a.png"));
  EXPECT_THAT(gallery({"search", "--bin"}), HasSubstr("1 of 1"));
  EXPECT_THAT(gallery({"restore", id}), HasSubstr(" a.png"));
  gallery({"bin", id});
  EXPECT_EQ(gallery({"empty-bin"}), "1 pictures deleted.\n");
  tests::refusal(ErrorCode::kNotFound, [&] { gallery({"bin", id}); });
}

}  // namespace
}  // namespace fude::apps
