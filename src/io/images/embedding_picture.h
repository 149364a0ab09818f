#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fude::io {

/// The JSON text of a textual inversion that lies in a PNG picture, as the web UI shares them: in the text chunk
/// "sd-ti-embedding" in base64, or in the pixels. There it is packed by zlib; the halves of its bytes are the low four
/// bits of a panel to the left and one to the right of the picture, each set off by a black column and covered by a row
/// of pseudo-random numbers. Absent when the picture carries none. Throws Error(kCorruptFile) for no whole PNG file;
/// `name` is for the message.
std::optional<std::string> find_embedding_json(std::span<const std::byte> png, std::string_view name);

}  // namespace fude::io
