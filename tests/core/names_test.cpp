#include "core/names.h"

#include <gmock/gmock.h>

namespace fude {
namespace {

TEST(SameName, IgnoresCaseOnly) {
  EXPECT_TRUE(same_name("dpm++ sde", "DPM++ SDE"));
  EXPECT_FALSE(same_name("dpm++ sde", "DPM++SDE"));
}

TEST(EndsWithName, IgnoresCaseAndLongerSuffixes) {
  EXPECT_TRUE(ends_with_name("Euler KARRAS", " Karras"));
  EXPECT_FALSE(ends_with_name("a", "Karras"));
}

}  // namespace
}  // namespace fude
