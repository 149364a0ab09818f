#include "core/platform/processors.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/support/temporary_folder.h"

namespace fude::platform {
namespace {

namespace fs = std::filesystem;

/// A system as its files tell of it.
class ToldSystem {
 public:
  ToldSystem() {
    folders_ = {.processors = folder_.path() / "cpu",
                .groups = folder_.path() / "groups",
                .own_groups = folder_.path() / "own"};
  }

  void tell(const fs::path& file, const std::string& text) const {
    fs::create_directories((folder_.path() / file).parent_path());
    std::ofstream(folder_.path() / file) << text << '\n';
  }

  const ProcessorFolders& folders() const { return folders_; }

 private:
  tests::TemporaryFolder folder_;
  ProcessorFolders folders_;
};

TEST(CountCores, CountsHyperThreadsOfOneCoreOnce) {
  const ToldSystem system;
  for (const int processor : {0, 1, 2, 3}) {
    system.tell("cpu/cpu" + std::to_string(processor) + "/topology/thread_siblings_list",
                processor % 2 == 0 ? "0,2" : "1,3");
  }
  EXPECT_EQ(count_cores({0, 1, 2, 3}, system.folders()), 2);
  EXPECT_EQ(count_cores({0, 2}, system.folders()), 1);
  EXPECT_EQ(count_cores({0, 1}, system.folders()), 2);
}

TEST(CountCores, TakesEachProcessorForACoreWhereTheSystemDoesNotTell) {
  EXPECT_EQ(count_cores({0, 1, 2}, ToldSystem().folders()), 3);
}

TEST(QuotaProcessors, IsNoneWhereTheSystemDoesNotTell) { EXPECT_EQ(quota_processors(ToldSystem().folders()), 0); }

TEST(QuotaProcessors, RoundsUpAndTakesTheStrictestOfNestedGroups) {
  const ToldSystem system;
  system.tell("own", "0::/box/inner");
  system.tell("groups/box/inner/cpu.max", "400000 100000");
  EXPECT_EQ(quota_processors(system.folders()), 4);
  system.tell("groups/box/cpu.max", "150000 100000");
  EXPECT_EQ(quota_processors(system.folders()), 2);
  system.tell("groups/cpu.max", "50000 100000");
  EXPECT_EQ(quota_processors(system.folders()), 1);
}

TEST(QuotaProcessors, ReadsThatThereIsNone) {
  const ToldSystem system;
  system.tell("own", "3:cpuset:/\n2:cpu,cpuacct:/\n0::/");
  system.tell("groups/cpu.max", "max 100000");
  system.tell("groups/cpu/cpu.cfs_quota_us", "-1");
  system.tell("groups/cpu/cpu.cfs_period_us", "100000");
  EXPECT_EQ(quota_processors(system.folders()), 0);
}

TEST(QuotaProcessors, ReadsTheOlderKindOfGroups) {
  const ToldSystem system;
  system.tell("own", "3:cpuset:/box\n2:cpu,cpuacct:/box\n1:memory:/");
  system.tell("groups/cpu/box/cpu.cfs_quota_us", "300000");
  system.tell("groups/cpu/box/cpu.cfs_period_us", "100000");
  EXPECT_EQ(quota_processors(system.folders()), 3);
}

TEST(QuotaProcessors, SurvivesFilesOfAnotherForm) {
  const ToldSystem system;
  system.tell("own", "nonsense\n:\n0::\n0::/../..");
  system.tell("groups/cpu.max", "many often");
  EXPECT_EQ(quota_processors(system.folders()), 0);
}

TEST(AvailableCores, IsAtLeastOne) { EXPECT_GE(available_cores(), 1); }

}  // namespace
}  // namespace fude::platform
