#pragma once

#include <string>
#include <vector>

namespace fude::tests {

struct ProgramResult {
  int exit_code = -1;  // 128 + signal when one ended it
  std::string out;
  std::string err;
};

/// Runs the built program with arguments and waits for it. `interrupt_after` > 0: sends Ctrl-C after so many seconds.
ProgramResult run_fude(const std::vector<std::string>& arguments, double interrupt_after = 0);

}  // namespace fude::tests
