#include "core/platform/paths.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>

#include "core/error.h"

namespace fude::platform {
namespace {

std::filesystem::path variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::filesystem::path home_folder() {
  std::filesystem::path home = variable("HOME");
  if (home.is_absolute()) return home;
  const passwd* user = ::getpwuid(::getuid());
  if (user != nullptr && user->pw_dir != nullptr) return user->pw_dir;
  fail(ErrorCode::kNotFound, "home folder is not known, expected HOME or XDG_DATA_HOME to be set");
}

}  // namespace

std::filesystem::path default_data_dir() {
  const std::filesystem::path data_home = variable("XDG_DATA_HOME");
  if (data_home.is_absolute()) return data_home / "fude";
  return home_folder() / ".local" / "share" / "fude";
}

std::filesystem::path data_dir_or_default(const std::string& given) {
  return given.empty() ? default_data_dir() : std::filesystem::path(given);
}

std::string local_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

}  // namespace fude::platform
