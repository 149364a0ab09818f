#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fude::service {

/// How words stand in the index of the gallery and in questions to it. Letters are compared without case and width
/// (Unicode NFKC), white space and signs part words. Chinese and Japanese, which write without spaces, are cut into
/// overlapping pairs: 笑顔の少女 is indexed as 笑顔 顔の の少 少女 女, and any part of it is found as a sequence of
/// pairs.

/// Of longer texts only the beginning is searched. Bytes.
inline constexpr std::size_t kSearchedText = std::size_t{1} << 16;

/// Words for the index, parted by spaces.
std::string indexed_words(std::string_view text);

/// A text as a question: its words in sequence.
struct WordSequence {
  std::vector<std::string> words;  // empty: nothing that could be found
  bool is_open = false;            // the last word is only the beginning of one
};

/// `is_whole`: the last word is complete; false: a user may still be typing it.
WordSequence searched_words(std::string_view text, bool is_whole);

/// What kind of exact value a key stands for.
enum class KeyKind : char {
  kAny = 'a',  // every picture has this one
  kModel = 'm',
  kAdapter = 'l',
  kTag = 't',
  kRating = 'r',
  kSeed = 's',
  kSize = 'z',
  kJob = 'j',
};

/// A word of the index that no text contains: it stands for the exact value (names without case and width).
std::string key_word(KeyKind kind, std::string_view value);

/// The text in lower case and normal form KC.
std::u32string folded(std::string_view text);

}  // namespace fude::service
