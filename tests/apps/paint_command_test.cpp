#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "apps/fude/command.h"
#include "core/error.h"
#include "io/images/png_file.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::apps {
namespace {

namespace fs = std::filesystem;

void run(std::vector<std::string> arguments) {
  CLI::App app;
  add_paint_command(app);
  std::ranges::reverse(arguments);  // CLI11 takes a vector from its end
  app.parse(arguments);
}

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST(PaintCommand, WritesPicturesWithTheirCaptions) {
  const tests::TemporaryFolder folder;
  run({"paint", "--count", "3", "--seed", "5", "--out", (folder.path() / "new").string()});
  const io::Image picture = io::read_png(folder.path() / "new" / "000002.png");
  EXPECT_EQ(picture.width, 256);
  EXPECT_EQ(picture.height, 256);
  EXPECT_EQ(picture.channels, 3);
  EXPECT_NE(content(folder.path() / "new" / "000002.txt").find(" hair, "), std::string::npos);
  EXPECT_FALSE(fs::exists(folder.path() / "new" / "000003.png"));
}

TEST(PaintCommand, GivesTheSameFilesWhateverCountAndThreads) {
  const tests::TemporaryFolder one, other;
  run({"paint", "--count", "2", "--seed", "8", "--threads", "1", "--out", one.path().string()});
  run({"paint", "--count", "5", "--seed", "8", "--threads", "3", "--out", other.path().string()});
  for (const char* name : {"000000.png", "000000.txt", "000001.png", "000001.txt"})
    EXPECT_EQ(content(one.path() / name), content(other.path() / name)) << name;
}

TEST(PaintCommand, LaysASheet) {
  const tests::TemporaryFolder folder;
  run({"paint", "--count", "5", "--columns", "3", "--sheet", (folder.path() / "sheet.png").string()});
  const io::Image sheet = io::read_png(folder.path() / "sheet.png");
  EXPECT_EQ(sheet.width, 3 * 256);
  EXPECT_EQ(sheet.height, 2 * 256);
}

TEST(PaintCommand, RejectsToPaintNowhere) {
  EXPECT_NE(tests::refusal(ErrorCode::kInvalidArgument,
                           [] {
                             run({"paint", "--count", "1"});
                           })
                .find("--out"),
            std::string::npos);
}

TEST(PaintCommand, RejectsAFileAsFolder) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "x";
  tests::refusal(ErrorCode::kInvalidArgument, [&] {
    run({"paint", "--count", "1", "--out", (folder.path() / "file").string()});
  });
}

TEST(PaintCommand, RejectsASheetTooLargeToRead) {
  tests::refusal(ErrorCode::kInvalidArgument, [] { run({"paint", "--count", "5000", "--sheet", "never.png"}); });
}

TEST(PaintCommand, RejectsACountOfZero) {
  EXPECT_THROW(run({"paint", "--count", "0", "--out", "never"}), CLI::ParseError);
}

}  // namespace
}  // namespace fude::apps
