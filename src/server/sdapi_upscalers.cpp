#include "server/sdapi_upscalers.h"

#include <fmt/format.h>

#include <string_view>

#include "core/error.h"
#include "server/error_response.h"

namespace fude::server {

Response naming_upscaler_list(const std::function<Response()>& answer) {
  try {
    return answer();
  } catch (const Error& error) {
    const bool is_upscaler = std::string_view(error.what()).starts_with("upscaler '");
    if (error.code() != ErrorCode::kNotFound || !is_upscaler) throw;
    throw HttpError(404, fmt::format("{} (GET /sdapi/v1/upscalers lists them)", error.what()));
  }
}

}  // namespace fude::server
