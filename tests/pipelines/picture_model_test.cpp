#include "pipelines/picture_model.h"

#include <gtest/gtest.h>

#include "io/safetensors_writer.h"
#include "tests/support/temporary_folder.h"

namespace fude::pipelines {
namespace {

int native_size_of(const std::map<std::string, std::string>& metadata) {
  const tests::TemporaryFolder folder;
  io::write_safetensors(folder / "model.safetensors", {{"a", at::zeros({1})}}, metadata);
  return native_size(io::TensorFile::open(folder / "model.safetensors"), 768);
}

TEST(NativeSize, IsWhatTheMetadataSay) {
  EXPECT_EQ(native_size_of({{"modelspec.resolution", "256x256"}}), 256);
  EXPECT_EQ(native_size_of({{"modelspec.resolution", "1024"}}), 1024);
}

TEST(NativeSize, IsTheFamilysWithoutAUsableWord) {
  EXPECT_EQ(native_size_of({}), 768);
  for (const char* text : {"", "large", "-512", "0x0", "63", "513x513", "9000x9000", "99999999999999999999"})
    EXPECT_EQ(native_size_of({{"modelspec.resolution", text}}), 768) << text;
}

}  // namespace
}  // namespace fude::pipelines
