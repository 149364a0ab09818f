#include <gtest/gtest.h>

#include <fstream>

#include "io/images/png_file.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "training/picture_source.h"

namespace fude::training {
namespace {

using tests::refusal;

TEST(FolderSource, NamesWhatIsMissing) {
  const tests::TemporaryFolder folder;
  EXPECT_NE(refusal(ErrorCode::kNotFound, [&] { make_folder_source(folder / "none", 64, 0); }).find("none"),
            std::string::npos);
  EXPECT_NE(refusal(ErrorCode::kInvalidArgument, [&] { make_folder_source(folder.path(), 64, 0); }).find("no .png"),
            std::string::npos);
  io::write_png(folder / "a.png", {.width = 8, .height = 8, .channels = 3, .pixels = std::vector<std::uint8_t>(192)});
  EXPECT_NE(refusal(ErrorCode::kNotFound, [&] { make_folder_source(folder.path(), 64, 0); }).find("a.txt"),
            std::string::npos);
  std::ofstream(folder / "a.txt") << "1girl";
  const auto source = make_folder_source(folder.path(), 64, 0);
  EXPECT_NE(refusal(ErrorCode::kInvalidArgument, [&] { source->picture(0); }).find("8x8"), std::string::npos);
}

}  // namespace
}  // namespace fude::training
