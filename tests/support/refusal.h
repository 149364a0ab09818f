#pragma once

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"

namespace fude::tests {

/// Runs something that must be refused and returns the refusal's message. Fails the test if it is not refused, if the
/// code is another, or if the message is more than one line.
template <typename Action>
std::string refusal(ErrorCode code, const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.code(), code) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    return message;
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

}  // namespace fude::tests
