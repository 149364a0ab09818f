#include "core/platform/memory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace fude::platform {
namespace {

TEST(AvailableMemory, IsKnownWhereTheSystemTells) {
  std::ifstream system("/proc/meminfo");
  if (!system) GTEST_SKIP() << "this system does not tell";
  std::string label;
  std::uint64_t total_kibibytes = 0;
  system >> label >> total_kibibytes;
  ASSERT_EQ(label, "MemTotal:");
  const auto available = available_memory();
  ASSERT_TRUE(available.has_value());
  EXPECT_LE(*available, total_kibibytes * 1024);
  EXPECT_GT(*available, 0u);
}

TEST(ReleaseFreedMemory, GivesSmallPiecesBackToo) {
  const std::uint64_t before = resident_memory();
  if (before == 0) GTEST_SKIP() << "this system does not tell";
  keep_freed_memory();
  { std::vector<std::string> pieces(200'000, std::string(500, 'x')); }
  const std::uint64_t kept = resident_memory();
  release_freed_memory();
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "this build's allocator keeps what is freed on purpose";
#endif
  EXPECT_LE(resident_memory(), kept);
  EXPECT_LT(resident_memory(), before + (50 << 20));
}

TEST(TotalMemory, HoldsWhatIsFreeAndWhatIsUsed) {
  const auto total = total_memory();
  if (!total) GTEST_SKIP() << "this system does not tell";
  EXPECT_GE(*total, available_memory().value_or(0));
  EXPECT_GT(resident_memory(), 0u);
  EXPECT_LE(resident_memory(), *total);
}

TEST(PeakMemory, GrowsByWhatIsUsed) {
  const std::uint64_t before = peak_memory();
  EXPECT_GT(before, 0u);
  const std::string used(std::size_t{512} << 20, 'x');
  EXPECT_GE(peak_memory(), used.size());
}

}  // namespace
}  // namespace fude::platform
