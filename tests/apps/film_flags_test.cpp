#include "apps/fude/film_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apps/fude/command.h"
#include "core/error.h"
#include "tests/apps/command_output.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::apps {
namespace {

using testing::HasSubstr;

class FilmOfPictures : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string make(std::vector<std::string> words) const {
    words.insert(words.begin(), {"txt2img", "a cat"});
    words.insert(words.end(), {"--model", tests::tiny_model("micro-sd1").string(), "--steps", "3", "--size", "64x64",
                               "--seed", "3", "--precision", "fp32", "--data-dir", path("data"), "--out", path("out")});
    return tests::output_of(add_txt2img_command, std::move(words));
  }

  int pictures_in(const std::string& name) const {
    std::ifstream stream(path(name), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    int count = 0;
    io::for_each_film_picture(std::as_bytes(std::span(bytes)), [&](const io::Image& image) {
      EXPECT_EQ(image.width, 64);
      ++count;
    });
    return count;
  }

  tests::TemporaryFolder folder_;
};

TEST_F(FilmOfPictures, HasEveryStepAndTheEnd) {
  const auto line = nlohmann::json::parse(make({"--film", path("a.webp"), "--film-preview", "full", "--json"}));
  EXPECT_EQ(line.at("film"), path("a.webp"));
  EXPECT_EQ(pictures_in("a.webp"), 4);
}

TEST_F(FilmOfPictures, IsOneForEachPicture) {
  make({"--film", path("a.webp"), "--batch-size", "2", "--batch-count", "2"});
  for (const char* name : {"a.webp", "a-2.webp", "a-3.webp", "a-4.webp"}) EXPECT_EQ(pictures_in(name), 4) << name;
}

TEST_F(FilmOfPictures, IsRefusedBeforeAnythingIsMade) {
  const auto refuses = [&](const std::vector<std::string>& words) {
    return tests::refusal(ErrorCode::kInvalidArgument, [&] { make(words); });
  };
  EXPECT_THAT(refuses({"--film", path("a.gif")}), HasSubstr("expected a name that ends in .webp or .mp4"));
  EXPECT_THAT(refuses({"--film", path("a.webp"), "--film-fps", "100"}), HasSubstr("expected 0.5 to 60"));
  EXPECT_THAT(refuses({"--film", path("a.webp"), "--film-hold", "-1"}), HasSubstr("expected 0 to 60"));
  EXPECT_THAT(refuses({"--film", path("a.webp"), "--film-preview", "nice"}), HasSubstr("expected approx or full"));
  EXPECT_FALSE(std::filesystem::exists(path("out")));
}

}  // namespace
}  // namespace fude::apps
