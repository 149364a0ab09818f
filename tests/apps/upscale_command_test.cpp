#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/fude/command.h"
#include "core/error.h"
#include "io/images/png_file.h"
#include "io/safetensors_writer.h"
#include "tests/apps/command_output.h"
#include "tests/support/face_models.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_upscalers.h"

namespace fude::apps {
namespace {

class UpscaleCommand : public testing::Test {
 protected:
  UpscaleCommand() {
    std::filesystem::create_directories(folder_ / "models/ESRGAN");
    io::write_safetensors(folder_ / "models/ESRGAN/2x-Tiny.safetensors", tests::tiny_compact(2).tensors());
    std::filesystem::create_directories(folder_ / "in");
    for (const char* name : {"in/a.png", "in/b.png"})
      io::write_png(
          folder_ / name,
          {.width = 16, .height = 8, .channels = 3, .pixels = std::vector<std::uint8_t>(std::size_t{16} * 8 * 3, 90)});
  }

  std::string upscale(std::vector<std::string> words) {
    words.insert(words.begin(), "upscale");
    words.insert(words.end(), {"--data-dir", folder_.path().string(), "--device", "cpu", "--precision", "fp32"});
    return tests::output_of(add_upscale_command, std::move(words));
  }

  std::string place(const std::string& name) const { return (folder_ / name).string(); }

  tests::TemporaryFolder folder_;
};

TEST_F(UpscaleCommand, EnlargesAFolderAndGoesOnWhereItStopped) {
  const std::vector<std::string> words{place("in"), "--upscaler", "2x-tiny", "--by", "2", "--out", place("out")};
  EXPECT_EQ(upscale(words), place("out/a.png") + "\n" + place("out/b.png") + "\n");
  EXPECT_EQ(io::read_png(place("out/a.png")).width, 32);
  std::filesystem::remove(place("out/b.png"));
  std::vector<std::string> again = words;
  again.push_back("--resume");
  EXPECT_EQ(upscale(again), place("out/b.png") + "\n");
  EXPECT_EQ(upscale(words), place("out/a-1.png") + "\n" + place("out/b-1.png") + "\n");
}

TEST_F(UpscaleCommand, RestoresFacesWithoutEnlarging) {
  for (const auto& [file, name] : {std::pair{tests::red_spot_detector(), "GFPGAN/d"},
                                   {tests::tiny_gfpgan(), "GFPGAN/g"},
                                   {tests::tiny_code_former(), "Codeformer/c"}}) {
    const std::filesystem::path path = folder_ / ("models/" + std::string(name) + ".safetensors");
    std::filesystem::create_directories(path.parent_path());
    io::write_safetensors(path, file.tensors());
  }
  const auto line =
      nlohmann::json::parse(upscale({place("in/a.png"), "--upscaler", "None", "--gfpgan-visibility", "1",
                                     "--codeformer-visibility", "0.5", "--out", place("faces.png"), "--json"}));
  EXPECT_EQ(line.at("postprocessing"), "GFPGAN visibility: 1, CodeFormer visibility: 0.5, CodeFormer weight: 0");
  EXPECT_EQ(io::read_png(place("faces.png")).pixels, io::read_png(place("in/a.png")).pixels);  // nobody is there
}

TEST_F(UpscaleCommand, SaysWhichFilesRestoreFaces) {
  const std::string message = tests::refusal(ErrorCode::kNotFound, [&] {
    upscale({place("in/a.png"), "--codeformer-visibility", "1"});
  });
  EXPECT_THAT(message, testing::HasSubstr("codeformer-v0.1.0.pth"));
}

TEST_F(UpscaleCommand, SaysWhatItMadeAsJson) {
  const auto line = nlohmann::json::parse(
      upscale({place("in/a.png"), "--to", "20x20", "--upscaler2", "2x-Tiny", "--out", place("large.png"), "--json"}));
  EXPECT_EQ(line.at("width"), 20);
  EXPECT_EQ(line.at("height"), 20);
  EXPECT_EQ(line.at("postprocessing"),
            "Postprocess upscale to: 20x20, Postprocess crop to: 20x20, Postprocess upscaler: Lanczos, Postprocess "
            "upscaler 2: 2x-Tiny");
}

TEST_F(UpscaleCommand, ListsUpscalers) {
  const std::string list = upscale({"--list"});
  EXPECT_THAT(list, testing::HasSubstr("Lanczos"));
  EXPECT_THAT(list, testing::HasSubstr("Real-ESRGAN compact, 2 times as large"));
}

TEST_F(UpscaleCommand, RefusesWrongValues) {
  const auto refuses = [&](ErrorCode code, const std::vector<std::string>& words) {
    tests::refusal(code, [&] { upscale(words); });
  };
  refuses(ErrorCode::kInvalidArgument, {});
  refuses(ErrorCode::kInvalidArgument, {place("in/a.png"), "--to", "20"});
  refuses(ErrorCode::kInvalidArgument, {place("in/a.png"), "--upscaler", "None"});
  refuses(ErrorCode::kNotFound, {place("in/a.png"), "--upscaler", "missing"});
  refuses(ErrorCode::kNotFound, {place("nowhere.png")});
  refuses(ErrorCode::kCorruptFile, {place("models/ESRGAN/2x-Tiny.safetensors")});
}

TEST_F(UpscaleCommand, NamesTheFlagThatIsOutOfRange) {
  const std::vector<std::vector<std::string>> flags{{"--by", "9"}, {"--by", "0.5"}, {"--blend", "1.5"}};
  for (const auto& flag : flags) {
    try {
      upscale({place("in/a.png"), flag[0], flag[1]});
      ADD_FAILURE() << "accepted";
    } catch (const CLI::ParseError& error) {
      EXPECT_NE(std::string(error.what()).find(flag[0]), std::string::npos) << error.what();
    }
  }
}

TEST_F(UpscaleCommand, SaysWhereUpscalersAreListed) {
  const std::string message = tests::refusal(ErrorCode::kNotFound, [&] {
    upscale({place("in/a.png"), "--upscaler", "2x-Tny"});
  });
  EXPECT_NE(message.find("fude upscale --list"), std::string::npos) << message;
  EXPECT_NE(message.find("did you mean '2x-Tiny'"), std::string::npos) << message;
}

}  // namespace
}  // namespace fude::apps
