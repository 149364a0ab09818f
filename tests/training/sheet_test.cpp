#include "training/sheet.h"

#include <gtest/gtest.h>

#include "io/images/png_file.h"
#include "tests/support/temporary_folder.h"

namespace fude::training {
namespace {

TEST(WriteSheet, LaysPicturesInRowsAndLeavesTheRestWhite) {
  const tests::TemporaryFolder folder;
  at::Tensor pictures = at::zeros({3, 2, 2, 3}, at::kByte);
  pictures[1].fill_(7);
  write_sheet(folder / "sheet.png", pictures, 2);
  const io::Image sheet = io::read_png(folder / "sheet.png");
  ASSERT_EQ(sheet.width, 4);
  ASSERT_EQ(sheet.height, 4);
  const auto red = [&](int x, int y) { return sheet.pixels[static_cast<std::size_t>((y * 4 + x) * 3)]; };
  EXPECT_EQ(red(0, 0), 0);
  EXPECT_EQ(red(2, 1), 7);
  EXPECT_EQ(red(0, 3), 0);
  EXPECT_EQ(red(3, 3), 255);
}

}  // namespace
}  // namespace fude::training
