#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fude::io {

/// A zlib stream unpacked. Bytes after its end are passed over. Absent when it is damaged, cut short, or longer than
/// 16 MiB once unpacked.
std::optional<std::string> unpack_zlib(std::string_view packed);

/// The same for gzip.
std::optional<std::string> unpack_gzip(std::string_view packed);

}  // namespace fude::io
