#pragma once

#include <string>
#include <string_view>

namespace fude::tokenizers {

/// Whether the text holds a sequence that is hardly ever written on purpose but is what UTF-8 looks like after being
/// decoded with a single-byte code page ("schÃ¶n" for "schön"). Same verdict as is_bad() of the library ftfy 6.1.
bool looks_like_mojibake(std::u32string_view text);

/// Decodes such text again, with the code page that makes it valid UTF-8, as often as it still looks wrong; text that
/// looks right comes back unchanged. Linear in the length.
std::u32string undo_mojibake(std::u32string text);

}  // namespace fude::tokenizers
