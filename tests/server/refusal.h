#pragma once

#include <gtest/gtest.h>

#include <string>

#include "server/error_response.h"

namespace fude::server {

/// The status and the words with which `action` refuses; 0 when it does not.
template <typename Action>
std::pair<int, std::string> refusal(Action&& action) {
  try {
    action();
  } catch (const HttpError& error) {
    return {error.status(), error.what()};
  }
  return {0, "nothing was refused"};
}

}  // namespace fude::server
