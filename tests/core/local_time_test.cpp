#include "core/local_time.h"

#include <gtest/gtest.h>

namespace fude {
namespace {

constexpr std::int64_t kSummer = 1782864000;  // 2026-07-01 00:00:00 UTC

TEST(TimeInZone, KnowsZonesAndTheirSummer) {
  EXPECT_EQ(time_in_zone(kSummer, "UTC")->tm_hour, 0);
  EXPECT_EQ(time_in_zone(kSummer, "Asia/Tokyo")->tm_hour, 9);
  EXPECT_EQ(time_in_zone(kSummer, "Europe/Berlin")->tm_hour, 2);
  EXPECT_EQ(time_in_zone(kSummer, "America/New_York")->tm_mday, 30);
}

TEST(TimeInZone, IsTheUsersWithoutAZoneAndAbsentForNoZone) {
  EXPECT_TRUE(time_in_zone(kSummer));
  EXPECT_FALSE(time_in_zone(kSummer, "Nowhere/Land"));
  EXPECT_FALSE(time_in_zone(kSummer, "桜"));
}

}  // namespace
}  // namespace fude
