#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fude::tokenizers {

/// Appends the token ids of one word (bytes, at least one) to `ids`: starting from single bytes, the pair of lowest
/// rank is merged everywhere, from left to right, until no pair of the vocabulary is left. O(n log n) in the length of
/// the word. Source: Sennrich et al. 2016 (arXiv:1508.07909), with CLIP's vocabulary.
void append_byte_pair_ids(std::string_view word, std::vector<std::int32_t>& ids);

/// The bytes of a token id below 49406, and a space when it ends a word.
std::string byte_pair_text(std::int32_t id);

}  // namespace fude::tokenizers
