#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fude::server {

/// What follows the method in a request, taken apart.
struct RequestTarget {
  std::string path;  // still encoded
  std::multimap<std::string, std::string> query{};
};

/// Takes "/path?a=1&b=%20" apart. Absent when it is no path of this server: it does not begin with "/", or holds a
/// broken escape, a NUL, control characters or bytes that are no UTF-8 (escaped or not).
std::optional<RequestTarget> parse_target(std::string_view target);

/// Resolves %XX. Absent: a broken escape, or the result holds a control character or is no UTF-8. `plus_is_space`: as
/// in queries.
enum class Plus { kIsPlus, kIsSpace };
std::optional<std::string> percent_decoded(std::string_view text, Plus plus = Plus::kIsPlus);

/// The text with everything but letters, digits and -._~ escaped.
std::string percent_encoded(std::string_view text);

/// Whether the bytes are UTF-8 (no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

}  // namespace fude::server
