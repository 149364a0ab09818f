#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "server/router.h"

namespace fude::service {
class Studio;
}

namespace fude::server {

/// What the routes of the web UI tell and do beyond the studio.
struct SdapiOptions {
  /// Answered by /sdapi/v1/cmd-flags beside the folders: how the server was started. Nothing secret.
  nlohmann::ordered_json flags = nlohmann::ordered_json::object();
  /// End the server, or end it and begin anew, as /sdapi/v1/server-stop and server-restart ask: soon, not at once, so
  /// that the answer is still sent. Empty: those who ask are told how to allow it (403).
  std::function<void()> stop = {};
  std::function<void()> restart = {};
};

/// Everything that programs made for the AUTOMATIC1111 web UI call: /sdapi/v1, /controlnet, /internal and
/// /sd_extra_networks, with its names, defaults, statuses and forms (docs/api.md tells what is left out). `studio` must
/// outlive the router.
void add_sdapi_routes(Router& router, service::Studio& studio, const SdapiOptions& options = {});

// The groups that it is made of.
void add_sdapi_pictures(Router& router, service::Studio& studio);
void add_sdapi_extras(Router& router, service::Studio& studio);
void add_sdapi_progress(Router& router, service::Studio& studio);
void add_sdapi_options(Router& router, service::Studio& studio);
void add_sdapi_lists(Router& router, service::Studio& studio);
void add_sdapi_models(Router& router, service::Studio& studio);
void add_sdapi_png_info(Router& router);
void add_sdapi_machine(Router& router, service::Studio& studio, const SdapiOptions& options);
void add_internal_routes(Router& router, service::Studio& studio);
void add_extra_network_routes(Router& router, service::Studio& studio);
void add_controlnet_routes(Router& router);

}  // namespace fude::server
