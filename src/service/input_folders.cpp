#include "service/input_folders.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/folder_walk.h"
#include "core/platform/writing.h"
#include "pipelines/picture_folder.h"

namespace fude::service {
namespace {

namespace fs = std::filesystem;
using Counts = std::map<std::string, std::int64_t>;

constexpr std::string_view kInputs = "inputs";
constexpr std::string_view kOutputs = "outputs";

bool is_good_part(std::string_view part) {
  const auto is_bad = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\'; };
  return !part.empty() && part.front() != '.' && std::ranges::none_of(part, is_bad);
}

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool is_folder(const fs::path& path) {
  std::error_code vanished;
  return fs::is_directory(path, vanished);
}

void count(const fs::path& file, const fs::path& data_dir, Counts& counts) {
  if (pipelines::has_picture_name(file)) ++counts[file.parent_path().lexically_relative(data_dir).generic_string()];
}

void count_outputs(const fs::path& data_dir, Counts& counts) {
  std::error_code error;
  fs::recursive_directory_iterator entry(data_dir / kOutputs, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (is_hidden(entry->path())) {
      entry.disable_recursion_pending();
    } else {
      count(entry->path(), data_dir, counts);
    }
  }
}

}  // namespace

void check_folder_name(std::string_view member, std::string_view name) {
  std::string_view rest = name;
  for (;;) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    if (!is_good_part(rest.substr(0, end))) {
      fail(ErrorCode::kInvalidArgument, "{} is '{}', expected a name whose parts are neither empty nor hidden", member,
           printable(name, 100));
    }
    if (end == rest.size()) return;
    rest.remove_prefix(end + 1);
  }
}

InputFolders::InputFolders(fs::path data_dir) : data_dir_(std::move(data_dir)) {
  platform::make_folder(data_dir_ / kInputs);
}

std::vector<InputFolders::Row> InputFolders::list() const {
  Counts counts;
  walk_folder(data_dir_ / kInputs, [&](const fs::path& path) {
    if (is_hidden(path)) return false;
    if (is_folder(path)) return true;
    count(path, data_dir_, counts);
    return false;
  });
  count_outputs(data_dir_, counts);
  std::vector<Row> rows;
  for (const auto& [name, pictures] : counts) {
    if (rows.size() < kMostListed) rows.push_back({.name = name, .pictures = pictures});
  }
  return rows;
}

fs::path InputFolders::path_of(std::string_view name) const {
  check_folder_name("folder", name);
  const std::string_view root = name.substr(0, name.find('/'));
  const fs::path path = data_dir_ / fs::path(std::u8string(name.begin(), name.end()));
  if (root == kInputs) return path;
  std::error_code error;
  const fs::path outputs = fs::weakly_canonical(data_dir_ / kOutputs, error), place = fs::weakly_canonical(path, error);
  const bool is_inside = std::ranges::mismatch(outputs, place).in1 == outputs.end();
  if (root == kOutputs && !error && is_inside) return path;
  fail(ErrorCode::kInvalidArgument, "folder is '{}', expected one below inputs or outputs of the data folder",
       printable(name, 100));
}

std::vector<std::string> InputFolders::pictures_of(std::string_view name) const {
  return pipelines::pictures_in(path_of(name), name);
}

}  // namespace fude::service
