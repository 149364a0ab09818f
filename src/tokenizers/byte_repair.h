#pragma once

#include <string>
#include <string_view>

namespace fude::tokenizers {

/// UTF-8 in which byte A0 was turned into a space on the way: the spaces that convincingly were such bytes become A0
/// again; a lone C3 and space is an "à" that stands as a word and keeps its space.
std::string restore_no_break_spaces(std::string_view bytes);

/// UTF-8 in which some bytes were lost and became 1A (or, one at most in a sequence, a question mark): each such
/// sequence becomes U+FFFD.
std::string mark_lost_sequences(std::string_view bytes);

}  // namespace fude::tokenizers
