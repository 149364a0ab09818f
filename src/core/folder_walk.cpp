#include "core/folder_walk.h"

#include <algorithm>
#include <system_error>
#include <vector>

namespace fude {
namespace {

namespace fs = std::filesystem;
using Visit = std::function<bool(const fs::path&)>;

constexpr std::size_t kDeepest = 16;

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code unreadable;
  for (fs::directory_iterator entry(folder, unreadable), end; !unreadable && entry != end;
       entry.increment(unreadable)) {
    entries.push_back(entry->path());
  }
  std::ranges::sort(entries);
  return entries;
}

// `above`: the real folders on the way here.
void walk(const fs::path& folder, std::vector<fs::path>& above, const Visit& visit) {
  std::error_code missing;
  fs::path real = fs::canonical(folder, missing);
  if (missing || above.size() == kDeepest || std::ranges::find(above, real) != above.end()) return;
  above.push_back(std::move(real));
  for (const fs::path& entry : entries_of(folder)) {
    const bool goes_in = visit(entry);
    if (goes_in && fs::is_directory(entry, missing)) walk(entry, above, visit);
  }
  above.pop_back();
}

}  // namespace

void walk_folder(const fs::path& folder, const Visit& visit) {
  std::vector<fs::path> above;
  walk(folder, above, visit);
}

}  // namespace fude
