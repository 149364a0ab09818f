#include "apps/fude/progress_bar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fude::apps {
namespace {

using ::testing::HasSubstr;

TEST(FormatDuration, ReadsLikeAClock) {
  EXPECT_EQ(format_duration(0.2), "0:00");
  EXPECT_EQ(format_duration(64.6), "1:05");
  EXPECT_EQ(format_duration(3725), "1:02:05");
}

TEST(ProgressLine, TellsCountRateAndTimeLeft) {
  const std::string line = progress_line({.label = "sampling", .done = 5, .total = 20, .elapsed = 10}, 80);
  EXPECT_THAT(line, HasSubstr("sampling [#######......"));
  EXPECT_THAT(line, HasSubstr("5/20  2.0 s/it  0:30 left"));
}

TEST(ProgressLine, NamesWhatItCounts) {
  const ProgressState state{.label = "hashing", .unit = "MiB", .done = 100, .total = 400, .elapsed = 2};
  EXPECT_THAT(progress_line(state, 80), HasSubstr("100/400  50 MiB/s  0:06 left"));
}

TEST(ProgressLine, PromisesNothingBeforeTheFirstStep) {
  EXPECT_EQ(progress_line({.label = "sampling", .done = 0, .total = 20}, 30), "sampling [.............] 0/20");
}

TEST(ProgressLine, FitsAnyTerminal) {
  for (int width = 1; width < 120; ++width) {
    const std::string line = progress_line({.label = "sampling", .done = 5, .total = 20, .elapsed = 10}, width);
    EXPECT_LT(line.size(), static_cast<std::size_t>(width));
  }
}

}  // namespace
}  // namespace fude::apps
