#pragma once

#include <optional>
#include <string>

#include "io/images/image.h"

namespace fude::io {

/// The text in the lowest bits of a picture's pixels, as NovelAI and programs for the web UI hide it ("stealth"):
/// column by column, of the alpha or of red, green and blue; a signature, the number of bits that follow (32 bits), the
/// text in UTF-8, plain or packed by gzip. Absent when there is none, or it is damaged or unpacks to more than 16 MiB.
std::optional<std::string> hidden_text(const Image& image);

}  // namespace fude::io
