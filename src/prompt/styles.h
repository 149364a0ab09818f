#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fude::prompt {

/// Words kept under a name, to be added to prompts: a row of styles.csv.
struct Style {
  std::string name;
  std::string prompt;
  std::string negative;

  /// A row that only separates others in a list: the name of the file whose styles follow.
  bool is_divider = false;

  bool operator==(const Style&) const = default;
};

/// Larger files, and prompts that styles make longer than this, are refused.
inline constexpr std::size_t kLargestStyles = std::size_t{4} << 20;  // bytes

/// Reads CSV as the web UI writes it: UTF-8, a byte order mark or none, quoted fields with doubled quotes and line
/// breaks, spaces after a comma skipped. The header names the columns name, prompt and negative_prompt; the old one has
/// text for prompt. Rows without a name or with one that begins with # are left out; of two rows of one name the later
/// one stands in the place of the first. Linear. Throws Error(kCorruptFile) without a header or when it is too large.
std::vector<Style> parse_styles(std::string_view csv);

/// The same file again: with a byte order mark, the header and line ends CR LF. Dividers are left out.
std::string write_styles(std::span<const Style> styles);

/// The styles of several files, each with its own after a divider when there are several. A name may hold * and ? in
/// its last part. A missing file has none. Throws Error(kCorruptFile) that names the file.
std::vector<Style> load_styles(std::span<const std::filesystem::path> files);

/// Replaces a file of styles at once or not at all; what was there before stays beside it with ".bak" at its end.
/// Throws Error (see core/platform/atomic_file.h).
void save_styles(const std::filesystem::path& file, std::span<const Style> styles);

/// A text with one style's words: in the place of {prompt} inside of them, or after the text and a comma.
std::string apply_style_text(std::string_view text, std::string_view style);

struct StyledWords {
  std::string prompt;
  std::string negative;
  std::vector<std::string> names;

  bool operator==(const StyledWords&) const = default;
};

/// Applies styles by name, in order; "None" and the empty name do nothing.
/// Throws Error: kNotFound (no such style, with the nearest), kInvalidArgument (the result is too long).
StyledWords apply_styles(std::string_view prompt, std::string_view negative, std::span<const std::string> names,
                         std::span<const Style> styles);

/// Finds the styles that were applied to words, by what both prompts begin and end with, and takes them off again; the
/// names come in an order that gives these words again. Each style is found once at most.
StyledWords recognise_styles(std::string_view prompt, std::string_view negative, std::span<const Style> styles);

}  // namespace fude::prompt
