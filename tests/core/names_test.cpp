#include "core/names.h"

#include <gmock/gmock.h>

#include <array>

namespace fude {
namespace {

TEST(SameName, IgnoresCaseOnly) {
  EXPECT_TRUE(same_name("dpm++ sde", "DPM++ SDE"));
  EXPECT_FALSE(same_name("dpm++ sde", "DPM++SDE"));
}

TEST(EndsWithName, IgnoresCase) {
  EXPECT_TRUE(ends_with_name("Euler KARRAS", "Karras"));
  EXPECT_TRUE(ends_with_name("Euler SGM Uniform", "sgm uniform"));
  EXPECT_FALSE(ends_with_name("Euler Karras", "Beta"));
}

TEST(EndsWithName, WantsASpaceBeforeTheName) {
  EXPECT_FALSE(ends_with_name("EulerKarras", "Karras"));
  EXPECT_FALSE(ends_with_name("Karras", "Karras"));
  EXPECT_TRUE(ends_with_name(" Karras", "Karras"));
}

TEST(EndsWithName, IsFalseForEmptyAndLongerNames) {
  EXPECT_FALSE(ends_with_name("Euler ", ""));
  EXPECT_FALSE(ends_with_name("", ""));
  EXPECT_FALSE(ends_with_name("a", "Karras"));
}

struct Entry {
  std::string_view id, label;
  std::array<std::string_view, 2> aliases;
};

TEST(IsCalled, TakesIdLabelAndAliasesInAnyCase) {
  const Entry entry{.id = "sgm_uniform", .label = "SGM Uniform", .aliases = {"SGMUniform", {}}};
  for (const char* name : {"SGM_UNIFORM", "sgm uniform", "sgmuniform"}) EXPECT_TRUE(is_called(entry, name)) << name;
  EXPECT_FALSE(is_called(entry, "uniform"));
}

TEST(IsCalled, IsFalseForAnEmptyNameDespiteUnusedAliases) {
  EXPECT_FALSE(is_called(Entry{.id = "a", .label = "A", .aliases = {}}, ""));
}

}  // namespace
}  // namespace fude
