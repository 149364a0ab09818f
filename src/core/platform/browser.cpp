#include "core/platform/browser.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

extern char** environ;

namespace fude::platform {
namespace {

// Runs a program that hands the address over and ends; what it prints is of no interest.
bool runs_well(const char* program, const std::string& address) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::string name(program), text(address);
  const std::array<char*, 3> arguments{name.data(), text.data(), nullptr};
  pid_t child = -1;
  const bool is_started = ::posix_spawnp(&child, program, &actions, nullptr, arguments.data(), environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  int status = -1;
  if (!is_started || ::waitpid(child, &status, 0) != child) return false;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool has_variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

}  // namespace

bool open_in_browser(const std::string& address) {
  if (has_variable("WSL_DISTRO_NAME")) {
    if (runs_well("wslview", address)) return true;
    runs_well("explorer.exe", address);  // which always says that it failed
    return true;
  }
  if (!has_variable("DISPLAY") && !has_variable("WAYLAND_DISPLAY")) return false;
  return runs_well("xdg-open", address);
}

}  // namespace fude::platform
