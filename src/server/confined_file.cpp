#include "server/confined_file.h"

#include <algorithm>
#include <string>

#include "core/error.h"
#include "server/error_response.h"

namespace fude::server {
namespace {

namespace fs = std::filesystem;

bool is_good_part(std::string_view part) {
  constexpr std::size_t kLongest = 200;  // bytes; file systems take 255
  const auto is_bad = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\' || c == ':' || c == '*' || c == '?';
  };
  return !part.empty() && part.size() <= kLongest && part.front() != '.' && part.back() != '.' && part.back() != ' ' &&
         std::ranges::none_of(part, is_bad);
}

bool is_good_name(std::string_view name) {
  while (true) {
    const std::size_t end = std::min(name.find('/'), name.size());
    if (!is_good_part(name.substr(0, end))) return false;
    if (end == name.size()) return true;
    name.remove_prefix(end + 1);
  }
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto [end_of_folder, rest] = std::ranges::mismatch(folder, path);
  return end_of_folder == folder.end();
}

}  // namespace

fs::path file_below(const fs::path& folder, std::string_view name, std::string_view ending) {
  if (!is_good_name(name)) {
    throw HttpError(400, fmt::format("'{}' is no name for a file: parts between slashes must not be empty or begin "
                                     "with a dot, nor hold any of \\ : * ?",
                                     printable(name, 100)));
  }
  return folder / fs::path(std::u8string(name.begin(), name.end()) + std::u8string(ending.begin(), ending.end()));
}

bool is_confined(const fs::path& folder, const fs::path& file) {
  std::error_code problem;
  const fs::path home = fs::weakly_canonical(folder, problem);
  const fs::path place = problem ? fs::path() : fs::weakly_canonical(file, problem);
  return !problem && is_inside(place, home);
}

fs::path confined_file(const fs::path& folder, std::string_view name, std::string_view ending) {
  const fs::path path = file_below(folder, name, ending);
  if (!is_confined(folder, path)) {
    throw HttpError(400, fmt::format("'{}' lies outside of its folder", printable(name, 100)));
  }
  return fs::weakly_canonical(path);
}

}  // namespace fude::server
