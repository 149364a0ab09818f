#include "pipelines/pixel_upscaling.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "io/safetensors_writer.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_upscalers.h"

namespace fude::pipelines {
namespace {

class UpscalerShelfTest : public ::testing::Test {
 protected:
  UpscalerShelfTest() {
    std::filesystem::create_directories(folder_ / "ESRGAN");
    io::write_safetensors(file_, tests::tiny_compact(2).tensors());
  }

  static io::Image picture() {
    io::Image image{.width = 8, .height = 8, .channels = 3, .pixels = {}};
    for (int i = 0; i < 8 * 8 * 3; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 7 % 256));
    return image;
  }

  tests::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "ESRGAN" / "mine.safetensors";
  UpscalerShelf shelf_{ModelLibrary(folder_.path()).confined(), EngineOptions{}};
};

TEST_F(UpscalerShelfTest, EnlargesByANetworkOfTheModelsFolder) {
  const io::Image by_network = shelf_.find("mine")(picture(), 2), by_filter = shelf_.find("Lanczos")(picture(), 2);
  EXPECT_EQ(by_network.width, 16);
  EXPECT_EQ(by_network.height, 16);
  EXPECT_NE(by_network.pixels, by_filter.pixels);
}

TEST_F(UpscalerShelfTest, KeepsTheOneThatWasUsedLast) {
  const io::Image before = shelf_.find("mine")(picture(), 2);
  std::filesystem::remove(file_);
  EXPECT_EQ(shelf_.find("mine")(picture(), 2).pixels, before.pixels);
  EXPECT_EQ(shelf_.find("Nearest")(picture(), 2).width, 16);
  tests::refusal(ErrorCode::kNotFound, [this] { shelf_.find("mine"); });
}

TEST_F(UpscalerShelfTest, HasNothingForNoneAndRefusesPathsOfStrangers) {
  EXPECT_FALSE(shelf_.find("None"));
  tests::refusal(ErrorCode::kNotFound, [this] { shelf_.find(file_.string()); });
  EXPECT_TRUE(UpscalerShelf(ModelLibrary(folder_.path()), EngineOptions{}).find(file_.string()));
}

}  // namespace
}  // namespace fude::pipelines
