#include "pipelines/comparison/grid_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "core/platform/writing.h"

namespace fude::pipelines::comparison {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kHighestNumber = 1'000'000'000;

// The number in "<name>-0007-..", -1 for other files.
std::int64_t number_in(std::string_view file, std::string_view name) {
  if (!file.starts_with(name) || file.size() <= name.size() || file[name.size()] != '-') return -1;
  file.remove_prefix(name.size() + 1);
  std::int64_t number = -1;
  const auto [stop, error] = std::from_chars(file.data(), file.data() + file.size(), number);
  return error == std::errc() && number >= 0 && number < kHighestNumber ? number : -1;
}

}  // namespace

std::int64_t next_grid_number(const fs::path& folder, std::string_view name) {
  std::int64_t highest = -1;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    highest = std::max(highest, number_in(entry->path().filename().string(), name));
  }
  return highest + 1;
}

fs::path save_grid(const fs::path& folder, std::string_view name, std::int64_t seed, std::span<const std::byte> bytes,
                   const std::function<std::string(const std::string& file_name)>& index_of, std::string_view ending) {
  constexpr int kMostAttempts = 500;
  platform::make_folder(folder);
  std::int64_t number = next_grid_number(folder, name);
  const auto path_of = [&](std::int64_t n) { return folder / fmt::format("{}-{:04}-{}{}", name, n, seed, ending); };
  platform::AtomicFile file(path_of(number));
  file.write(bytes);
  for (int attempt = 0; attempt < kMostAttempts; ++attempt, ++number) {
    const fs::path path = path_of(number);
    if (!file.commit_as_new(path)) continue;
    if (!index_of) return path;
    platform::AtomicFile index(fs::path(path).replace_extension(".json"));
    index.write(index_of(path.filename().string()));
    index.commit();
    return path;
  }
  fail(ErrorCode::kOutOfResources, "no free file name in '{}' after {} attempts", printable(folder.string()),
       kMostAttempts);
}

}  // namespace fude::pipelines::comparison
