#include "core/platform/writing.h"

#include <gmock/gmock.h>

#include <fstream>

#include "core/platform/atomic_file.h"
#include "core/platform/folder_lock.h"
#include "tests/support/refusal.h"
#include "tests/support/stranger.h"
#include "tests/support/temporary_folder.h"

namespace fude::platform {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Writing, MakesFoldersThatAreMissing) {
  const tests::TemporaryFolder folder;
  make_folder(folder / "a/b");
  make_folder(folder / "a/b");
  EXPECT_TRUE(std::filesystem::is_directory(folder / "a/b"));
}

TEST(Writing, RefusesAFolderBelowAFile) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "file") << "x";
  const auto refusal = tests::refusal(ErrorCode::kInvalidArgument, [&] { make_folder(folder / "file/data"); });
  EXPECT_THAT(refusal, AllOf(HasSubstr("file/data' cannot be written to: Not a directory"), HasSubstr("--data-dir")));
  tests::refusal(ErrorCode::kInvalidArgument, [&] { make_folder(folder / "file"); });
}

TEST(Writing, SaysTheSameWhateverMayNotBeWritten) {
  const tests::TemporaryFolder folder;
  const tests::ReadOnly locked(folder.path());
  const std::function<void()> works[] = {
      [&] { make_folder(folder / "new"); },
      [&] { const FolderLock lock(folder.path()); },
      [&] { const AtomicFile file(folder / "new.png"); },
  };
  for (const auto& work : works) {
    EXPECT_THAT(tests::refusal_of_stranger(work),
                HasSubstr("cannot be written to: Permission denied; let this user write there, or choose another"));
  }
}

}  // namespace
}  // namespace fude::platform
