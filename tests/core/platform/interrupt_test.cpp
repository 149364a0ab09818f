#include "core/platform/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>

#include "core/error.h"

namespace fude {
namespace {

TEST(InterruptGuard, TurnsTheFirstSignalIntoACancellation) {
  const InterruptGuard guard;
  EXPECT_FALSE(guard.cancellation().is_requested());
  EXPECT_NO_THROW(guard.cancellation().check());
  std::raise(SIGINT);
  EXPECT_TRUE(guard.cancellation().is_requested());
  try {
    guard.cancellation().check();
    FAIL() << "check() returned";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCancelled);
  }
}

TEST(InterruptGuardDeathTest, EndsTheProcessAtTheSecondSignal) {
  EXPECT_EXIT(
      {
        const InterruptGuard guard;
        std::raise(SIGTERM);
        std::raise(SIGTERM);
      },
      ::testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace fude
