#include "prompt/styles.h"

#include <algorithm>
#include <map>
#include <optional>
#include <system_error>

#include "core/ascii.h"
#include "core/error.h"
#include "core/nearest_name.h"
#include "core/platform/atomic_file.h"
#include "core/platform/mapped_file.h"
#include "core/unicode.h"
#include "prompt/wildcards.h"

namespace fude::prompt {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kPlace = "{prompt}";
constexpr std::string_view kNoStyle = "None";

constexpr std::string_view kSpaces = " \t\r\n\f\v";

/// Rows of fields, one row at a time.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : rest_(text) {}

  /// Absent at the end.
  std::optional<std::vector<std::string>> next_row() {
    if (rest_.empty()) return std::nullopt;
    std::vector<std::string> row;
    do {
      row.push_back(next_field());
    } while (take(','));
    if (take('\r')) {
      take('\n');
    } else {
      take('\n');
    }
    return row;
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string next_field() {
    while (take(' ')) {
    }
    std::string field;
    if (take('"')) field = quoted_part();
    // What follows a closing quote belongs to the field, as in Python's reader.
    const std::size_t end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
    field += rest_.substr(0, end);
    rest_.remove_prefix(end);
    return field;
  }

  std::string quoted_part() {
    std::string text;
    while (!rest_.empty()) {
      const std::size_t quote = std::min(rest_.find('"'), rest_.size());
      text += rest_.substr(0, quote);
      rest_.remove_prefix(std::min(quote + 1, rest_.size()));
      if (!take('"')) break;
      text += '"';
    }
    return text;
  }

  std::string_view rest_;
};

std::string quote_field(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == field.npos && !field.starts_with(' ')) return std::string(field);
  std::string quoted = "\"";
  for (const char c : field) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

struct Columns {
  std::optional<std::size_t> name, prompt, negative;
};

Columns find_columns(const std::vector<std::string>& header) {
  const auto find = [&](std::string_view title) -> std::optional<std::size_t> {
    const auto found = std::ranges::find(header, title);
    if (found == header.end()) return std::nullopt;
    return static_cast<std::size_t>(found - header.begin());
  };
  Columns columns{.name = find("name"), .prompt = find("prompt"), .negative = find("negative_prompt")};
  if (!columns.prompt) columns.prompt = find("text");
  return columns;
}

std::string read_bytes(const fs::path& file) {
  const auto mapped = platform::MappedFile::open(file);
  return {reinterpret_cast<const char*>(mapped->bytes().data()), mapped->bytes().size()};
}

/// Files that fit a path whose last part is a pattern, sorted.
std::vector<fs::path> files_like(const fs::path& path) {
  const std::string pattern = path.filename().string();
  if (pattern.find_first_of("*?") == pattern.npos) return {path};
  std::vector<fs::path> files;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code missing;
  for (fs::directory_iterator entry(folder, missing), end; !missing && entry != end; entry.increment(missing)) {
    if (matches_pattern(pattern, entry->path().filename().string())) files.push_back(entry->path());
  }
  std::ranges::sort(files);
  return files;
}

std::vector<Style> load_file(const fs::path& file) {
  try {
    return parse_styles(read_bytes(file));
  } catch (const Error& error) {
    fail(error.code(), "styles file '{}': {}", printable(file.string()), error.what());
  }
}

/// `text` without the words of a style; absent when they are not there.
std::optional<std::string> without_style(std::string_view text, std::string_view style) {
  const std::size_t place = style.find(kPlace);
  if (place != style.npos) {
    const std::string_view left = style.substr(0, place), right = style.substr(place + kPlace.size());
    const bool is_there = text.size() >= left.size() + right.size() && text.starts_with(left) && text.ends_with(right);
    if (!is_there) return std::nullopt;
    return std::string(text.substr(left.size(), text.size() - left.size() - right.size()));
  }
  const std::string_view words = trimmed(style, kSpaces);
  if (!text.ends_with(words)) return std::nullopt;
  text.remove_suffix(words.size());
  if (text.ends_with(", ")) text.remove_suffix(2);
  return std::string(text);
}

[[noreturn]] void refuse_unknown(const std::string& name, std::span<const Style> styles) {
  std::vector<std::string_view> names;
  for (const Style& style : styles) {
    if (!style.is_divider) names.push_back(style.name);
  }
  fail(ErrorCode::kNotFound, "style '{}' is not among the {} styles there are{}", printable(name), names.size(),
       did_you_mean(name, names));
}

}  // namespace

std::vector<Style> parse_styles(std::string_view csv) {
  if (csv.size() > kLargestStyles) {
    fail(ErrorCode::kCorruptFile, "it has {} bytes, expected at most {}", csv.size(), kLargestStyles);
  }
  if (csv.starts_with(kByteOrderMark)) csv.remove_prefix(kByteOrderMark.size());
  const std::string text = encode_utf8(decode_utf8(csv));
  CsvReader reader(text);
  const auto header = reader.next_row();
  const Columns columns = header ? find_columns(*header) : Columns{};
  if (!columns.name || !columns.prompt) {
    fail(ErrorCode::kCorruptFile, "its first line is '{}', expected 'name,prompt,negative_prompt'",
         printable(std::string_view(text).substr(0, std::min(text.find('\n'), text.size())), 60));
  }
  std::vector<Style> styles;
  std::map<std::string, std::size_t> places;
  while (const auto row = reader.next_row()) {
    const auto field = [&](std::optional<std::size_t> column) {
      return column && *column < row->size() ? (*row)[*column] : std::string();
    };
    Style style{.name = field(columns.name), .prompt = field(columns.prompt), .negative = field(columns.negative)};
    if (style.name.empty() || style.name.starts_with('#')) continue;
    const auto [place, is_new] = places.try_emplace(style.name, styles.size());
    if (is_new) {
      styles.push_back(std::move(style));
    } else {
      styles[place->second] = std::move(style);
    }
  }
  return styles;
}

std::string write_styles(std::span<const Style> styles) {
  std::string csv(kByteOrderMark);
  csv += "name,prompt,negative_prompt\r\n";
  for (const Style& style : styles) {
    if (style.is_divider) continue;
    csv += fmt::format("{},{},{}\r\n", quote_field(style.name), quote_field(style.prompt), quote_field(style.negative));
  }
  return csv;
}

std::vector<Style> load_styles(std::span<const fs::path> files) {
  std::vector<fs::path> found;
  for (const fs::path& path : files) {
    for (const fs::path& file : files_like(path)) {
      std::error_code unknown;
      if (fs::exists(file, unknown)) found.push_back(file);
    }
  }
  std::vector<Style> all;
  for (const fs::path& file : found) {
    if (found.size() > 1)
      all.push_back({.name = file.filename().string(), .prompt = {}, .negative = {}, .is_divider = true});
    for (Style& style : load_file(file)) all.push_back(std::move(style));
  }
  return all;
}

void save_styles(const fs::path& file, std::span<const Style> styles) {
  std::error_code unknown;
  if (fs::exists(file, unknown)) {
    platform::AtomicFile backup(file.string() + ".bak");
    backup.write(fs::file_size(file, unknown) == 0 ? std::string() : read_bytes(file));
    backup.commit();
  }
  platform::AtomicFile written(file);
  written.write(write_styles(styles));
  written.commit();
}

std::string apply_style_text(std::string_view text, std::string_view style) {
  std::string result;
  if (style.find(kPlace) == style.npos) {
    const std::string_view words = trimmed(text, kSpaces), more = trimmed(style, kSpaces);
    result = fmt::format("{}{}{}", words, words.empty() || more.empty() ? "" : ", ", more);
  } else {
    while (!style.empty() && result.size() <= kLargestStyles) {
      const std::size_t place = style.find(kPlace);
      result += style.substr(0, place);
      if (place == style.npos) break;
      result += text;
      style.remove_prefix(place + kPlace.size());
    }
  }
  if (result.size() > kLargestStyles) {
    fail(ErrorCode::kInvalidArgument, "the prompt has more than {} bytes with its styles", kLargestStyles);
  }
  return result;
}

StyledWords apply_styles(std::string_view prompt, std::string_view negative, std::span<const std::string> names,
                         std::span<const Style> styles) {
  StyledWords words{std::string(prompt), std::string(negative), {}};
  for (const std::string& name : names) {
    if (name.empty() || name == kNoStyle) continue;
    const auto is_named = [&](const Style& style) { return !style.is_divider && style.name == name; };
    const auto style = std::ranges::find_if(styles, is_named);
    if (style == styles.end()) refuse_unknown(name, styles);
    words.prompt = apply_style_text(words.prompt, style->prompt);
    words.negative = apply_style_text(words.negative, style->negative);
    words.names.push_back(name);
  }
  return words;
}

StyledWords recognise_styles(std::string_view prompt, std::string_view negative, std::span<const Style> styles) {
  StyledWords words{std::string(prompt), std::string(negative), {}};
  std::vector<const Style*> candidates;
  for (const Style& style : styles) {
    const bool says_something = !style.prompt.empty() || !style.negative.empty();
    if (!style.is_divider && says_something) candidates.push_back(&style);
  }
  // The style applied last lies outermost, so it must come off first: start again after each that was found.
  for (auto candidate = candidates.begin(); candidate != candidates.end();) {
    const auto inner_prompt = without_style(words.prompt, (*candidate)->prompt);
    const auto inner_negative = without_style(words.negative, (*candidate)->negative);
    if (!inner_prompt || !inner_negative) {
      ++candidate;
      continue;
    }
    words.prompt = *inner_prompt;
    words.negative = *inner_negative;
    words.names.insert(words.names.begin(), (*candidate)->name);
    candidates.erase(candidate);
    candidate = candidates.begin();
  }
  return words;
}

}  // namespace fude::prompt
