#pragma once

#include <string_view>

#include "server/http_message.h"
#include "server/json_body.h"
#include "server/router.h"

namespace fude::server {

/// Adds a route as the web UI has them: its answers, refusals included, tell in X-Process-Time how many seconds they
/// took.
void add_web_ui_route(Router& router, std::string_view method, std::string_view pattern, Handler handler);

/// The answer that the web UI gives when its code fails: {"error": class, "detail": "", "body": "", "errors": words}.
/// Programs look at class and words: "KeyError" "'CLIP_skip'".
Response web_ui_failure(std::string_view error_class, std::string_view words, int status = 500);

/// A route of the web UI for work that Fude does not do yet: 501 with the reason.
void add_missing_route(Router& router, std::string_view method, std::string_view pattern, std::string_view work);

/// The value in order of its members as they were added, with the status 200.
Response ordered_response(const nlohmann::ordered_json& value);

}  // namespace fude::server
