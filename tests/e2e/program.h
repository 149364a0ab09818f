#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace fude::tests {

struct ProgramResult {
  int exit_code = -1;  // 128 + signal when one ended it
  std::string out;
  std::string err;
};

/// Runs the built program with arguments and waits for it.
ProgramResult run_fude(const std::vector<std::string>& arguments);

/// The same, but sends it Ctrl-C once `is_time` says so, which is asked every few milliseconds.
ProgramResult interrupt_fude_when(const std::function<bool(pid_t process)>& is_time,
                                  const std::vector<std::string>& arguments);

/// Whether a process has `file` mapped into its memory (Linux).
bool has_mapped(pid_t process, const std::filesystem::path& file);

}  // namespace fude::tests
