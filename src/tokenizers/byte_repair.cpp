#include "tokenizers/byte_repair.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <initializer_list>
#include <vector>

namespace fude::tokenizers {
namespace {

using ByteSet = std::bitset<256>;

ByteSet range(int first, int last) {
  ByteSet set;
  for (int byte = first; byte <= last; ++byte) set.set(static_cast<std::size_t>(byte));
  return set;
}

ByteSet bytes_of(std::initializer_list<int> bytes) {
  ByteSet set;
  for (int byte : bytes) set.set(static_cast<std::size_t>(byte));
  return set;
}

using Pattern = std::vector<ByteSet>;

/// Length of the first pattern that matches at the start; 0 when none does.
std::size_t match_length(const std::vector<Pattern>& patterns, std::string_view bytes) {
  for (const Pattern& pattern : patterns) {
    const auto fits = [](char byte, const ByteSet& set) { return set.test(static_cast<unsigned char>(byte)); };
    const bool is_long_enough = bytes.size() >= pattern.size();
    if (is_long_enough && std::ranges::equal(bytes.substr(0, pattern.size()), pattern, fits)) return pattern.size();
  }
  return 0;
}

const std::vector<Pattern>& patterns_with_space() {
  static const std::vector<Pattern> patterns = [] {
    const ByteSet space = bytes_of({' '});
    const ByteSet any = range(0x80, 0xBF);
    // Without 85 and A0, which show up on their own as an ellipsis and a space.
    const ByteSet some = range(0x80, 0x84) | range(0x86, 0x9F) | range(0xA1, 0xBF);
    const ByteSet lead4 = bytes_of({0xF0});
    return std::vector<Pattern>{
        {bytes_of({0xC2, 0xC3, 0xC5, 0xCE, 0xD0, 0xD9}), space},
        {bytes_of({0xE2, 0xE3}), space, some},
        {range(0xE0, 0xE3), some, space},
        {lead4, space, any, any},
        {lead4, any, space, any},
        {lead4, any, any, space},
    };
  }();
  return patterns;
}

const std::vector<Pattern>& patterns_with_loss() {
  static const std::vector<Pattern> patterns = [] {
    const ByteSet any = range(0x80, 0xBF);
    const ByteSet lost = bytes_of({0x1A});
    const ByteSet lost_or_mark = bytes_of({0x1A, '?'});
    const ByteSet lead3 = range(0xE0, 0xEF);
    const ByteSet lead4 = range(0xF0, 0xF4);
    const ByteSet surrogate = bytes_of({0xED});
    return std::vector<Pattern>{
        {range(0xC2, 0xDF), lost},
        {range(0xC2, 0xC3), bytes_of({'?'})},
        {surrogate, range(0xA0, 0xAF), lost_or_mark, surrogate, range(0xB0, 0xBF), lost_or_mark | any},
        {surrogate, range(0xA0, 0xAF), lost_or_mark | any, surrogate, range(0xB0, 0xBF), lost_or_mark},
        {lead3, lost_or_mark, lost | any},
        {lead3, lost | any, lost_or_mark},
        {lead4, lost_or_mark, lost | any, lost | any},
        {lead4, lost | any, lost_or_mark, lost | any},
        {lead4, lost | any, lost | any, lost_or_mark},
        {lost},
    };
  }();
  return patterns;
}

template <typename Replace>
std::string replace_matches(const std::vector<Pattern>& patterns, std::string_view bytes, Replace replace) {
  std::string result;
  result.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t length = match_length(patterns, bytes.substr(i));
    if (length == 0) {
      result.push_back(bytes[i++]);
    } else {
      result += replace(bytes.substr(i, length));
      i += length;
    }
  }
  return result;
}

/// Portuguese contractions in which "à" does belong to the letters after it.
bool starts_with_contraction(std::string_view bytes) {
  constexpr std::array<std::string_view, 5> kWords{" ", "quele", "quela", "quilo", "s "};
  return std::ranges::any_of(kWords, [&](std::string_view word) { return bytes.starts_with(word); });
}

std::string restore_lone_a_grave(std::string_view bytes) {
  std::string result;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    result.push_back(bytes[i]);
    const bool is_lone = bytes[i] == '\xC3' && i + 1 < bytes.size() && bytes[i + 1] == ' ';
    if (is_lone && !starts_with_contraction(bytes.substr(i + 2))) result.push_back('\xA0');
  }
  return result;
}

}  // namespace

std::string restore_no_break_spaces(std::string_view bytes) {
  const auto needs_it = [&](std::size_t i) { return match_length(patterns_with_space(), bytes.substr(i)) > 0; };
  bool is_needed = false;
  for (std::size_t i = 0; i < bytes.size() && !is_needed; ++i) is_needed = needs_it(i);
  if (!is_needed) return std::string(bytes);
  return replace_matches(patterns_with_space(), restore_lone_a_grave(bytes), [](std::string_view match) {
    std::string restored(match);
    std::ranges::replace(restored, ' ', '\xA0');
    return restored;
  });
}

std::string mark_lost_sequences(std::string_view bytes) {
  return replace_matches(patterns_with_loss(), bytes, [](std::string_view) { return std::string("\xEF\xBF\xBD"); });
}

}  // namespace fude::tokenizers
