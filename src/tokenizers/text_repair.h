#pragma once

#include <string>
#include <string_view>

namespace fude::tokenizers {

/// Mends text the way the Python library ftfy 6.1 does with its default settings (fix_text), which CLIP's tokenizers
/// put before everything else, so token ids depend on it: character references, text decoded with the wrong code page,
/// ligatures, full and half width, curly quotes, line breaks, terminal escapes, control characters, normal form C.
/// Works line by line and repeats until nothing changes; on absurdly nested input it stops early, so the time stays
/// proportional to the length.
std::u32string repair_text(std::u32string_view text);

}  // namespace fude::tokenizers
