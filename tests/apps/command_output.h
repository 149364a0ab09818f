#pragma once

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

namespace fude::tests {

/// What a sub-command prints on standard output when it is called with `words`, its name first. Passes on what it
/// throws.
inline std::string output_of(void (&add_command)(CLI::App&), std::vector<std::string> words) {
  CLI::App app("fude");
  add_command(app);
  std::ranges::reverse(words);  // as CLI11 takes them
  testing::internal::CaptureStdout();
  try {
    app.parse(words);
  } catch (...) {
    testing::internal::GetCapturedStdout();
    throw;
  }
  return testing::internal::GetCapturedStdout();
}

}  // namespace fude::tests
