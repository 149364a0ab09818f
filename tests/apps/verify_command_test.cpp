#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apps/fude/command.h"
#include "core/error.h"
#include "io/images/png_file.h"
#include "io/images/png_text.h"
#include "tests/apps/command_output.h"
#include "tests/support/models_folder.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"

namespace fude::apps {
namespace {

using testing::HasSubstr;

struct Answer {
  std::string output;
  int code = 0;
};

class VerifyCommand : public ::testing::Test {
 protected:
  VerifyCommand() {
    folder_.add(tests::tiny_model("micro-sd1"), "Stable-diffusion/cats.safetensors");
    tests::output_of(add_txt2img_command,
                     {"txt2img", "a cat", "--model", "cats", "--steps", "2", "--size", "64x64", "--seed", "3",
                      "--batch-size", "2", "--data-dir", folder_.data_dir().string(), "--out", place("out")});
  }

  std::string place(const std::string& name) const { return (folder_.data_dir() / name).string(); }

  std::vector<std::string> pictures() const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(place("out"))) files.push_back(entry.path().string());
    std::ranges::sort(files);
    return files;
  }

  // Its standard output even where it ends with a code of its own.
  Answer verify(std::vector<std::string> words) const {
    CLI::App app("fude");
    add_verify_command(app);
    words.insert(words.begin(), "verify");
    words.insert(words.end(), {"--data-dir", folder_.data_dir().string()});
    std::ranges::reverse(words);
    Answer answer;
    testing::internal::CaptureStdout();
    try {
      app.parse(words);
    } catch (const CLI::RuntimeError& error) {
      answer.code = error.get_exit_code();
    } catch (...) {
      testing::internal::GetCapturedStdout();
      throw;
    }
    answer.output = testing::internal::GetCapturedStdout();
    return answer;
  }

  void change_a_pixel(const std::string& file) const {
    std::vector<io::PngText> texts;
    {
      std::ifstream stream(file, std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(stream), {});
      texts = io::read_png_texts(std::as_bytes(std::span(bytes))).texts;
    }
    io::Image image = io::read_png(file);
    image.pixels[0] ^= 1;
    io::write_png(file, image, texts);
  }

  tests::ModelsFolder folder_;
};

TEST_F(VerifyCommand, FindsItsOwnPicturesExact) {
  const auto files = pictures();
  ASSERT_EQ(files.size(), 2u);
  const Answer answer = verify({files[0], files[1]});
  EXPECT_EQ(answer.code, 0);
  EXPECT_THAT(answer.output, HasSubstr(files[0] + ": bit-exact\n  made again by cats ["));
  EXPECT_THAT(answer.output, HasSubstr(files[1] + ": bit-exact\n"));
}

TEST_F(VerifyCommand, AnswersWithSixWhereAPictureDiffers) {
  change_a_pixel(pictures()[0]);
  const Answer answer = verify({pictures()[0], "--json"});
  EXPECT_EQ(answer.code, 6);
  const auto line = nlohmann::json::parse(answer.output);
  EXPECT_EQ(line.at("verdict"), "different");
  EXPECT_EQ(line.at("levels"), 1);
  EXPECT_EQ(line.at("region"), (nlohmann::json{{"x", 0}, {"y", 0}, {"width", 1}, {"height", 1}}));
  EXPECT_EQ(line.at("model"), "cats");
  EXPECT_EQ(line.at("recorded_engine"), line.at("used_engine"));
  EXPECT_EQ(verify({pictures()[0], "--within", "1"}).code, 0);
}

TEST_F(VerifyCommand, AnswersWithThreeWhereSomethingIsMissing) {
  std::filesystem::remove(place("models/Stable-diffusion/cats.safetensors"));
  const Answer answer = verify({pictures()[0], "--json"});
  EXPECT_EQ(answer.code, 3);
  const auto line = nlohmann::json::parse(answer.output);
  EXPECT_EQ(line.at("verdict"), "missing");
  EXPECT_EQ(line.at("missing").at(0).at("part"), "model");
  EXPECT_EQ(line.at("missing").at(0).at("name"), "cats");
  const Answer words = verify({pictures()[0]});
  EXPECT_THAT(words.output, HasSubstr("name another with --model"));
  EXPECT_EQ(verify({pictures()[0], "--model", tests::tiny_model("micro-sd1").string()}).code, 0);
}

TEST_F(VerifyCommand, LooksAtTheOtherPicturesAfterADamagedOne) {
  std::ofstream(place("out/a.png")) << "no picture";
  const Answer answer = verify({place("out/a.png"), pictures()[0], pictures()[1]});
  EXPECT_EQ(answer.code, 3);
  EXPECT_THAT(answer.output, HasSubstr("bit-exact"));
  tests::refusal(ErrorCode::kCorruptFile, [&] { verify({place("out/a.png")}); });
  tests::refusal(ErrorCode::kNotFound, [&] { verify({place("nowhere.png")}); });
}

}  // namespace
}  // namespace fude::apps
