#pragma once

#include <string>
#include <string_view>

namespace fude::tokenizers {

/// Character references as an HTML reader decodes them, once: &name; and &#n; with or without the semicolon where the
/// standard allows that, the longest known name first. Same results as Python's html.unescape().
std::u32string unescape_html(std::u32string_view text);

/// The cautious form that text repair uses: only references with a semicolon that are at most 24 characters long, and
/// also names of lower-case entities in capitals (&EACUTE; is É).
std::u32string unescape_plain_html(std::u32string_view text);

}  // namespace fude::tokenizers
