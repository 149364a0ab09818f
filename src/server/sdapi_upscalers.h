#pragma once

#include <functional>

#include "server/http_message.h"

namespace fude::server {

/// What `answer` gives; where it refuses an upscaler that is not there, the refusal says where they are listed:
/// HttpError(404).
Response naming_upscaler_list(const std::function<Response()>& answer);

}  // namespace fude::server
