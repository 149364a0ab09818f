#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fude::service {

/// One condition of a search.
struct SearchTerm {
  enum class Field {
    kAny,  // words anywhere
    kPrompt,
    kNegative,
    kModel,
    kAdapter,
    kTag,
    kNote,
    kFile,
    kSeed,
    kRating,
    kSize,
    kDate,
    kJob,
  };
  Field field = Field::kAny;
  std::string words = {};  // fields of words; size: "512x768"
  bool is_whole = false;   // given in quotes: the last word is complete
  bool is_excluded = false;
  std::int64_t low = 0, high = 0;  // fields of numbers, both included; date: milliseconds since 1970

  bool operator==(const SearchTerm&) const = default;
};

/// Takes a search apart as people type it:
///   red sky          both words, as beginnings; commas part words, too
///   "red sky"        in this order, whole
///   -rain            not this
///   prompt:x negative:x model:x lora:x tag:x note:x file:x    only there
///   seed:7 job:3 size:512x768 rating:>=3 rating:2..4 date:2026-11 date:>=2026-11-22 (local time)
/// Never fails: what makes no sense as a condition is taken as words, and a condition still without a value is passed
/// over. Full-width signs of Japanese keyboards count as their ASCII ones. At most 64 terms of the first 4,000 bytes.
std::vector<SearchTerm> parse_search_text(std::string_view text);

}  // namespace fude::service
