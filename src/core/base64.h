#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fude {

/// Base64 (RFC 4648) with padding and without line breaks.
std::string base64_encode(std::span<const std::byte> bytes);
std::string base64_encode(std::string_view bytes);

/// The bytes of a base64 text; line breaks and spaces are passed over, padding may be missing. Absent when it holds
/// anything else, also behind the padding.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace fude
