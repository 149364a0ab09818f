#include "core/platform/mapped_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::platform {
namespace {

using ::testing::HasSubstr;

std::string refusal(const std::filesystem::path& path, ErrorCode code) {
  return tests::refusal(code, [&] { MappedFile::open(path); });
}

TEST(MappedFile, ShowsTheFileAsLongAsSomebodyHoldsIt) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "a.bin") << "fude";
  const std::shared_ptr<const MappedFile> file = MappedFile::open(folder / "a.bin");
  std::filesystem::remove(folder / "a.bin");
  ASSERT_EQ(file->bytes().size(), 4u);
  EXPECT_EQ(file->bytes()[0], std::byte{'f'});
}

TEST(MappedFile, RefusesWhatIsNoFileWithContent) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "empty").close();
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal(folder / "no", ErrorCode::kNotFound), HasSubstr("does not exist"));
  EXPECT_THAT(refusal(folder / "empty/x", ErrorCode::kNotFound), HasSubstr("does not exist"));
  EXPECT_THAT(refusal(folder / "empty", ErrorCode::kCorruptFile), HasSubstr("is empty"));
  EXPECT_THAT(refusal(folder.path(), ErrorCode::kCorruptFile), HasSubstr("is a folder"));
  EXPECT_THAT(refusal(folder / "pipe", ErrorCode::kCorruptFile), HasSubstr("is a pipe"));
}

}  // namespace
}  // namespace fude::platform
