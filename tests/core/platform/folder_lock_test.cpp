#include "core/platform/folder_lock.h"

#include <gtest/gtest.h>

#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::platform {
namespace {

TEST(FolderLock, IsHadByOneAtATime) {
  const tests::TemporaryFolder folder;
  {
    const FolderLock lock(folder.path());
    EXPECT_NE(tests::refusal(ErrorCode::kInvalidArgument, [&] { FolderLock(folder.path()); }).find("in use"),
              std::string::npos);
  }
  EXPECT_NO_THROW(FolderLock(folder.path()));
}

TEST(FolderLock, SaysWhichFolderIsMissing) {
  const tests::TemporaryFolder folder;
  EXPECT_NE(tests::refusal(ErrorCode::kNotFound, [&] { FolderLock(folder / "none"); }).find("none"), std::string::npos);
}

}  // namespace
}  // namespace fude::platform
