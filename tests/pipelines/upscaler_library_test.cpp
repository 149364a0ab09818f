#include "pipelines/upscaler_library.h"

#include <gtest/gtest.h>

#include <fstream>

#include "io/safetensors_writer.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_upscalers.h"

namespace fude::pipelines {
namespace {

void write_upscaler(const std::filesystem::path& path) {
  std::filesystem::create_directories(path.parent_path());
  io::write_safetensors(path, tests::tiny_compact(2).tensors());
}

TEST(UpscalerLibrary, ListsFilesByWhatTheyAreAndTheirWebUiNames) {
  const tests::TemporaryFolder folder;
  write_upscaler(folder.path() / "RealESRGAN" / "RealESRGAN_x4plus.safetensors");
  write_upscaler(folder.path() / "ESRGAN" / "2x-Mine.safetensors");
  std::ofstream(folder.path() / "ESRGAN" / "broken.pth") << "nothing";
  const auto upscalers = UpscalerLibrary(ModelLibrary(folder.path())).list();
  ASSERT_EQ(upscalers.size(), 10U);
  EXPECT_EQ(upscalers[0].name, "None");
  EXPECT_EQ(upscalers[1].name, "Lanczos");
  EXPECT_EQ(upscalers[2].name, "Nearest");
  EXPECT_EQ(upscalers[7].name, "2x-Mine");
  EXPECT_EQ(upscalers[7].family, "Real-ESRGAN compact");
  EXPECT_EQ(upscalers[7].scale, 2);
  EXPECT_EQ(upscalers[8].name, "broken");
  EXPECT_FALSE(upscalers[8].problem.empty());
  EXPECT_EQ(upscalers[9].name, "R-ESRGAN 4x+");
}

TEST(UpscalerLibrary, LooksForANameWithoutOpeningTheFile) {
  const tests::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "ESRGAN");
  std::ofstream(folder.path() / "ESRGAN" / "broken.pth") << "nothing";
  const UpscalerLibrary library{ModelLibrary(folder.path())};
  for (const char* name : {"", "none", "LANCZOS", "Broken", "broken.pth"}) EXPECT_NO_THROW(library.require(name));
  EXPECT_NE(tests::refusal(ErrorCode::kNotFound, [&] { library.require("brokn"); }).find("'broken'"),
            std::string::npos);
}

TEST(UpscalerLibrary, LoadsByAnyNameOfAFile) {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "RealESRGAN" / "RealESRGAN_x4plus.safetensors";
  write_upscaler(path);
  const UpscalerLibrary library{ModelLibrary(folder.path())};
  for (const std::string& name : {std::string("r-esrgan 4x+"), std::string("RealESRGAN_x4plus"), path.string()}) {
    const LoadedUpscaler loaded = library.load(name, {});
    EXPECT_EQ(loaded.name, "R-ESRGAN 4x+");
    ASSERT_TRUE(loaded.network);
    EXPECT_EQ(loaded.network->scale(), 2);
  }
}

TEST(UpscalerLibrary, RefusesUnknownNamesWithTheNearest) {
  const UpscalerLibrary library{ModelLibrary("/nowhere")};
  EXPECT_NE(tests::refusal(ErrorCode::kNotFound, [&] { library.load("Lancsoz", {}); }).find("Lanczos"),
            std::string::npos);
}

TEST(UpscalerLibrary, TakesNoPathsFromStrangers) {
  const tests::TemporaryFolder folder;
  write_upscaler(folder.path() / "x.safetensors");
  const UpscalerLibrary library(ModelLibrary(folder.path() / "models"), /*takes_paths=*/false);
  tests::refusal(ErrorCode::kNotFound, [&] { library.load((folder.path() / "x.safetensors").string(), {}); });
}

}  // namespace
}  // namespace fude::pipelines
