#include "server/web_ui_route.h"

#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "core/error.h"
#include "server/error_response.h"

namespace fude::server {

void add_web_ui_route(Router& router, std::string_view method, std::string_view pattern, Handler handler) {
  router.add(method, pattern, [handler = std::move(handler)](const Request& request) {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    Response response;
    try {
      response = handler(request);
    } catch (...) {
      response = error_response(std::current_exception(), request.path);
    }
    const std::chrono::duration<double> seconds = Clock::now() - begin;
    response.headers.emplace_back("X-Process-Time", fmt::format("{:.4f}", seconds.count()));
    return response;
  });
}

Response ordered_response(const nlohmann::ordered_json& value) {
  return {.status = 200, .body = value.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

Response web_ui_failure(std::string_view error_class, std::string_view words, int status) {
  Response response =
      ordered_response({{"error", error_class}, {"detail", ""}, {"body", ""}, {"errors", printable(words, 2000)}});
  response.status = status;
  return response;
}

void add_missing_route(Router& router, std::string_view method, std::string_view pattern, std::string_view work) {
  add_web_ui_route(router, method, pattern, [work = std::string(work)](const Request&) -> Response {
    throw HttpError(501, work + " is not supported yet");
  });
}

}  // namespace fude::server
