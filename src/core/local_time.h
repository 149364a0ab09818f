#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string_view>

namespace fude {

/// A moment (seconds since 1970 UTC) by the clock of a zone ("Asia/Tokyo", "UTC"); an empty zone is the user's. Absent
/// for a zone that nobody knows.
std::optional<std::tm> time_in_zone(std::int64_t seconds, std::string_view zone = {});

}  // namespace fude
