#include "prompt/wildcards.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

#include "core/ascii.h"
#include "core/error.h"
#include "core/folder_walk.h"
#include "core/platform/mapped_file.h"
#include "core/unicode.h"
#include "prompt/wildcard_yaml.h"

namespace fude::prompt {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMostFiles = 100000;

/// Sorted by text; of equal texts the first stays.
void sort_and_unite(std::vector<WildcardValue>& values) {
  std::ranges::stable_sort(values, {}, &WildcardValue::text);
  const auto is_same = [](const WildcardValue& a, const WildcardValue& b) { return a.text == b.text; };
  values.erase(std::unique(values.begin(), values.end(), is_same), values.end());
}

std::string read_file(const fs::path& path) {
  const auto file = platform::MappedFile::open(path);
  const auto bytes = file->bytes();
  if (bytes.size() > Wildcards::kLargestFile) {
    fail(ErrorCode::kCorruptFile, "'{}' has {} bytes, expected at most {}", printable(path.string()), bytes.size(),
         Wildcards::kLargestFile);
  }
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return encode_utf8(decode_utf8(text));
}

bool is_structured(const fs::path& extension) {
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

}  // namespace

WildcardValue parse_wildcard_value(std::string_view text) {
  text = trimmed(text);
  const std::size_t mark = text.find("::");
  if (mark == text.npos || mark == 0) return {std::string(text), 1};
  double weight = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + mark, weight, std::chars_format::fixed);
  const bool is_weight = error == std::errc() && stop == text.data() + mark && weight >= 0 && std::isfinite(weight);
  if (!is_weight) return {std::string(text), 1};
  return {std::string(trimmed(text.substr(mark + 2))), weight};
}

std::vector<WildcardValue> parse_wildcard_text(std::string_view text) {
  std::vector<WildcardValue> values;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = trimmed(line.substr(0, std::min(line.find('#'), line.size())));
    if (!line.empty()) values.push_back(parse_wildcard_value(line));
  }
  return values;
}

bool matches_pattern(std::string_view pattern, std::string_view name) {
  // The last * may take more and more characters; those before it never need to change again.
  std::size_t p = 0, n = 0, star = pattern.npos, star_end = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_end = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != pattern.npos) {
      p = star + 1;
      n = ++star_end;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Wildcards Wildcards::in_folder(const fs::path& folder) {
  Wildcards wildcards;
  std::vector<std::pair<fs::path, std::string>> files;
  walk_folder(folder, [&](const fs::path& path) {
    if (files.size() == kMostFiles) {
      fail(ErrorCode::kInvalidArgument, "'{}' has more than {} files, expected a folder of wildcards",
           printable(folder.string()), kMostFiles);
    }
    std::error_code unknown;
    if (!fs::is_regular_file(path, unknown)) return true;
    const fs::path relative = path.lexically_relative(folder);
    files.emplace_back(path, (relative.parent_path() / relative.stem()).generic_string());
    return false;
  });
  std::ranges::sort(files);  // which of two lists of one name comes first must not depend on the file system
  for (const auto& [path, name] : files) wildcards.add_file(path, name);
  return wildcards;
}

void Wildcards::add_file(const fs::path& file, const std::string& name) {
  const fs::path extension = ascii_lower(file.extension().string());
  if (extension == ".txt") {
    Entry& entry = entries_[ascii_lower(name)];
    if (entry.name.empty()) entry.name = name;
    // Of two files whose names differ in case only, the first one is kept.
    if (entry.file.empty()) entry.file = file;
  } else if (is_structured(extension)) {
    try {
      for (WildcardList& list : read_yaml_lists(read_file(file), file.stem().string())) add(std::move(list));
    } catch (const Error& error) {
      warnings_.push_back(fmt::format("wildcard file '{}' is left out: {}", printable(file.string()), error.what()));
    }
  }
}

void Wildcards::add(WildcardList list) {
  Entry& entry = entries_[ascii_lower(list.name)];
  if (entry.name.empty()) entry.name = list.name;
  entry.values.insert(entry.values.end(), std::make_move_iterator(list.values.begin()),
                      std::make_move_iterator(list.values.end()));
  sort_and_unite(entry.values);
}

const std::vector<WildcardValue>& Wildcards::values_of(Entry& entry) {
  if (entry.file.empty()) return entry.values;
  const fs::path file = std::exchange(entry.file, {});
  try {
    for (WildcardValue& value : parse_wildcard_text(read_file(file))) entry.values.push_back(std::move(value));
    sort_and_unite(entry.values);
  } catch (const Error& error) {
    warnings_.push_back(fmt::format("wildcard file '{}' is left out: {}", printable(file.string()), error.what()));
  }
  return entry.values;
}

std::vector<WildcardValue> Wildcards::values(std::string_view pattern) {
  const std::string wanted = ascii_lower(pattern);
  if (const auto found = entries_.find(wanted); found != entries_.end()) return values_of(found->second);
  if (wanted.find_first_of("*?") == wanted.npos) return {};
  std::vector<WildcardValue> all;
  for (auto& [name, entry] : entries_) {
    if (!matches_pattern(wanted, name)) continue;
    const std::vector<WildcardValue>& values = values_of(entry);
    all.insert(all.end(), values.begin(), values.end());
  }
  sort_and_unite(all);
  return all;
}

std::vector<std::string> Wildcards::names() const {
  std::vector<std::string> names;
  for (const auto& [key, entry] : entries_) names.push_back(entry.name);
  return names;
}

}  // namespace fude::prompt
