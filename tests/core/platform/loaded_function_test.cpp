#include "core/platform/loaded_function.h"

#include <gtest/gtest.h>

namespace fude::platform {
namespace {

TEST(LoadedFunction, FindsWhatIsLoadedAndNothingElse) {
  EXPECT_NE(loaded_function("malloc"), nullptr);
  EXPECT_EQ(loaded_function("no_function_has_this_name"), nullptr);
}

}  // namespace
}  // namespace fude::platform
