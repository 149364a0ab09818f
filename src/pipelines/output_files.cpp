#include "pipelines/output_files.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "core/ascii.h"
#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "core/platform/paths.h"
#include "core/platform/writing.h"
#include "io/images/picture_format.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kHighestNumber = 999'999'999;

// The number a file name begins with; -1 when it begins with none.
std::int64_t leading_number(std::string_view name) {
  std::int64_t number = -1;
  const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool is_alone = error == std::errc() && (stop == name.data() + name.size() || *stop == '-' || *stop == '.');
  return is_alone && number >= 0 && number < kHighestNumber ? number : -1;
}

// The last component of a new file's path, by its rules.
std::string numbered(const NewName& name, std::int64_t number) {
  const std::string stem = fs::path(name.stem).filename().string();
  if (!name.is_numbered) {
    const std::string taken = number == 0 ? "" : fmt::format("-{}", number);
    return (stem.empty() ? "picture" : stem) + taken + name.ending;
  }
  const std::string count =
      name.base.empty() ? fmt::format("{:05}", number) : fmt::format("{}-{:04}", name.base, number);
  return count + (stem.empty() ? "" : "-" + stem) + name.ending;
}

bool is_folder_name(const fs::path& out) {
  return fs::is_directory(out) || !out.has_filename() || out.filename() == "." || out.filename() == "..";
}

}  // namespace

OutputFiles::OutputFiles(const std::optional<fs::path>& out, const fs::path& default_folder, int count,
                         std::string extension)
    : extension_(std::move(extension)) {
  const fs::path target = out.value_or(default_folder);
  const std::string ending = ascii_lower(target.extension().string());
  if (!out || is_folder_name(target) || (ending.empty() && !fs::exists(target))) {
    folder_ = target;
    platform::make_folder(folder_);
    return;
  }
  const std::string name = printable(target.string());
  if (!ending.empty() && !io::format_named(ending)) {
    fail(ErrorCode::kInvalidArgument, "output '{}' ends in '{}', expected .png, .jpg, .webp or a folder", name, ending);
  }
  if (ending != extension_) {
    fail(ErrorCode::kInvalidArgument, "output '{}' ends in '{}', expected '{}' or a folder", name, ending, extension_);
  }
  if (count > 1) {
    fail(ErrorCode::kInvalidArgument, "output '{}' is one file, expected a folder for {} pictures", name, count);
  }
  file_ = target;
  const fs::path parent = fs::absolute(target).parent_path();
  if (!fs::is_directory(parent)) {
    fail(ErrorCode::kNotFound, "output '{}' cannot be written: folder '{}' does not exist, make it first", name,
         printable(parent.string()));
  }
}

fs::path OutputFiles::save(std::span<const std::byte> bytes, std::int64_t seed, std::string_view extension) const {
  if (file_.empty()) return save_numbered(folder_, bytes, seed, extension.empty() ? extension_ : extension);
  fs::path path = file_;
  if (!extension.empty()) path.replace_extension(extension);
  platform::AtomicFile file(path);
  file.write(bytes);
  file.commit();
  return path;
}

fs::path save_numbered(const fs::path& folder, std::span<const std::byte> bytes, std::int64_t seed,
                       std::string_view extension, const NameListener& on_name) {
  const NewName name{.stem = fmt::format("{}", seed), .ending = std::string(extension)};
  return save_new(folder, name, bytes, on_name);
}

fs::path save_new(const fs::path& folder, const NewName& name, std::span<const std::byte> bytes,
                  const NameListener& on_name) {
  constexpr int kMostAttempts = 500;
  const fs::path place = (folder / name.stem).parent_path();
  platform::make_folder(place);
  const auto next_number = [&] { return name.is_numbered ? next_file_number(place, name.base) : 0; };
  std::int64_t number = next_number();
  platform::AtomicFile file(place / numbered(name, number));
  file.write(bytes);
  for (int attempt = 0; attempt < kMostAttempts; ++attempt, ++number) {
    const fs::path path = place / numbered(name, number);
    if (on_name) on_name(path);
    if (file.commit_as_new(path)) return path;
    number = std::max(number, next_number() - 1);
  }
  fail(ErrorCode::kOutOfResources, "no free file name in '{}' after {} attempts", printable(place.string()),
       kMostAttempts);
}

fs::path dated_output_folder(const fs::path& data_dir, std::string_view kind) {
  return data_dir / "outputs" / kind / platform::local_date();
}

std::int64_t next_file_number(const fs::path& folder, std::string_view base) {
  std::int64_t highest = -1;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string file = entry->path().filename().string();
    std::string_view name = file;
    if (!base.empty()) {
      if (!name.starts_with(base) || !name.substr(base.size()).starts_with('-')) continue;
      name.remove_prefix(base.size() + 1);
    }
    highest = std::max(highest, leading_number(name));
  }
  return highest + 1;
}

}  // namespace fude::pipelines
