#pragma once

#include <string_view>

#include "server/json_body.h"

namespace fude::server {

// Numbers and switches as the web UI takes them, whose forms turn what they get into what they want. What cannot be
// meant stays as it is, to be refused by who reads it.

/// "20" -> 20, "0.5" -> 0.5.
Json as_number(const Json& value);

/// 1, "true", "True", "yes", "on" -> true; 0, "false", .. -> false.
Json as_truth(const Json& value);

/// The value of a setting by its kind, for an id of service::setting_rows(); else unchanged. "jpeg" is "jpg".
Json as_setting(std::string_view id, const Json& value);

}  // namespace fude::server
