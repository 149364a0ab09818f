#include <gmock/gmock.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/e2e/program.h"
#include "tests/support/temporary_folder.h"

namespace fude::tests {
namespace {

// A sound .safetensors file of one tensor whose zeros take no room on the disk.
void write_sparse_model(const std::filesystem::path& path, std::uint64_t data_bytes) {
  const std::string json = R"({"a.weight":{"dtype":"U8","shape":[)" + std::to_string(data_bytes) +
                           R"(],"data_offsets":[0,)" + std::to_string(data_bytes) + "]}}";
  const std::uint64_t length = json.size();
  std::string header(sizeof(length), '\0');
  std::memcpy(header.data(), &length, sizeof(length));
  std::ofstream(path, std::ios::binary) << header << json;
  std::filesystem::resize_file(path, sizeof(length) + length + data_bytes);
}

TEST(InspectProgram, StopsHashingAHugeFileOnCtrlC) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "huge.safetensors";
  write_sparse_model(path, std::uint64_t{64} << 30);  // half a minute at best
  const auto is_reading = [&](pid_t process) { return has_mapped(process, path); };
  const ProgramResult result = interrupt_fude_when(is_reading, {"inspect", path.string()});
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(result.err, "fude: error: interrupted\n");
  EXPECT_EQ(result.out, "");
}

TEST(InspectProgram, ExplainsADamagedFileInOneLine) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "cut.safetensors";
  write_sparse_model(path, 1000);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  const ProgramResult result = run_fude({"inspect", path.string()});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.err,
            "fude: error: '" + path.string() +
                "': tensor 'a.weight' has bytes 0 to 1000, expected a range within the 999 bytes of data\n");
  EXPECT_EQ(result.out, "");
}

}  // namespace
}  // namespace fude::tests
