#include "core/local_time.h"

#include <unicode/ucal.h>

#include <memory>
#include <string>

namespace fude {
namespace {

using Calendar = std::unique_ptr<UCalendar, decltype(&ucal_close)>;

// Seconds to add to UTC.
std::optional<std::int64_t> offset_of(std::u16string_view zone, std::int64_t seconds) {
  UErrorCode error = U_ZERO_ERROR;
  char16_t canonical[128];
  UBool is_known_to_all = 0;
  const auto length = static_cast<std::int32_t>(zone.size());
  ucal_getCanonicalTimeZoneID(zone.data(), length, canonical, 128, &is_known_to_all, &error);
  if (U_FAILURE(error)) return std::nullopt;
  const Calendar calendar(ucal_open(zone.data(), length, "en", UCAL_GREGORIAN, &error), ucal_close);
  if (U_FAILURE(error)) return std::nullopt;
  ucal_setMillis(calendar.get(), static_cast<double>(seconds) * 1000, &error);
  const std::int32_t standard = ucal_get(calendar.get(), UCAL_ZONE_OFFSET, &error);
  const std::int32_t summer = ucal_get(calendar.get(), UCAL_DST_OFFSET, &error);
  if (U_FAILURE(error)) return std::nullopt;
  return (standard + summer) / 1000;
}

}  // namespace

std::optional<std::tm> time_in_zone(std::int64_t seconds, std::string_view zone) {
  std::tm parts{};
  std::time_t moment = seconds;
  if (zone.empty()) {
    localtime_r(&moment, &parts);
    return parts;
  }
  if (zone.size() > 100) return std::nullopt;
  const auto offset = offset_of(std::u16string(zone.begin(), zone.end()), seconds);
  if (!offset) return std::nullopt;
  moment += *offset;
  gmtime_r(&moment, &parts);
  return parts;
}

}  // namespace fude
