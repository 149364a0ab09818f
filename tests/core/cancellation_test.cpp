#include "core/cancellation.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace fude {
namespace {

TEST(Cancellation, LetsWorkGoOnUntilItIsRequested) {
  const Cancellation cancellation;
  EXPECT_FALSE(cancellation.is_requested());
  EXPECT_NO_THROW(cancellation.check());
}

TEST(Cancellation, StopsWorkAtItsNextCheck) {
  Cancellation cancellation;
  cancellation.request();
  EXPECT_TRUE(cancellation.is_requested());
  try {
    cancellation.check();
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCancelled);
    EXPECT_STREQ(error.what(), "interrupted");
  }
}

}  // namespace
}  // namespace fude
