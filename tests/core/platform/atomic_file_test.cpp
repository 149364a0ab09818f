#include "core/platform/atomic_file.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "core/error.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::platform {
namespace {

using ::testing::HasSubstr;

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::ptrdiff_t file_count(const std::filesystem::path& folder) {
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

TEST(AtomicFile, AppearsOnlyWithCommit) {
  const tests::TemporaryFolder folder;
  AtomicFile file(folder / "a.txt");
  file.write("one ");
  file.write("two");
  EXPECT_FALSE(std::filesystem::exists(folder / "a.txt"));
  file.commit();
  EXPECT_EQ(content(folder / "a.txt"), "one two");
  EXPECT_EQ(file_count(folder.path()), 1);
}

TEST(AtomicFile, LeavesTheOldContentWhenItIsAbandoned) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "a.txt") << "old";
  { AtomicFile(folder / "a.txt").write("new"); }
  EXPECT_EQ(content(folder / "a.txt"), "old");
  EXPECT_EQ(file_count(folder.path()), 1);
}

TEST(AtomicFile, ReplacesAnOlderFile) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "a.txt") << "a longer old content";
  AtomicFile file(folder / "a.txt");
  file.write("new");
  file.commit();
  EXPECT_EQ(content(folder / "a.txt"), "new");
}

TEST(AtomicFile, TakesAFreeNameAndLeavesATakenOne) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "0.txt") << "old";
  AtomicFile file(folder / "new.txt");
  file.write("new");
  EXPECT_FALSE(file.commit_as_new(folder / "0.txt"));
  EXPECT_TRUE(file.commit_as_new(folder / "1.txt"));
  EXPECT_EQ(content(folder / "0.txt"), "old");
  EXPECT_EQ(content(folder / "1.txt"), "new");
  EXPECT_EQ(file_count(folder.path()), 2);
}

TEST(AtomicFile, SaysWhichFolderIsMissing) {
  const tests::TemporaryFolder folder;
  EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [&] { AtomicFile(folder / "no/a.txt"); }),
              HasSubstr("does not exist"));
}

TEST(AtomicFile, DoesNotReplaceFoldersOrDevices) {
  const tests::TemporaryFolder folder;
  EXPECT_THROW(AtomicFile{folder.path()}, Error);
  EXPECT_THROW(AtomicFile{"/dev/null"}, Error);
}

TEST(AtomicFile, ReportsAFullDiskAsLackOfResources) {
  const tests::TemporaryFolder folder;
  std::signal(SIGXFSZ, SIG_IGN);  // so that the limit below fails the write instead of ending the program
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit tight{1000, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &tight);
  tests::refusal(ErrorCode::kOutOfResources, [&] { AtomicFile(folder / "a.bin").write(std::string(5000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_EQ(file_count(folder.path()), 0);
}

TEST(RemoveAbandonedFiles, LeavesThoseOfLivingProcesses) {
  const tests::TemporaryFolder folder;
  const pid_t gone = ::fork();
  if (gone == 0) ::_exit(0);
  ::waitpid(gone, nullptr, 0);
  const std::string dead = fmt::format(".fude-{}-0123456789abcdef.tmp", gone);
  const std::string alive = fmt::format(".fude-{}-0123456789abcdef.tmp", ::getpid());
  for (const std::string& name : {dead, alive, std::string("picture.tmp"), std::string(".fude-x.tmp")}) {
    std::ofstream(folder / name) << "half a pictu";
  }
  EXPECT_EQ(remove_abandoned_files(folder.path()), 1);
  EXPECT_FALSE(std::filesystem::exists(folder / dead));
  EXPECT_EQ(file_count(folder.path()), 3);
  EXPECT_EQ(remove_abandoned_files(folder / "no-such-folder"), 0);
}

}  // namespace
}  // namespace fude::platform
