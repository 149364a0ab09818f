#pragma once

#include <string>

#include "server/router.h"

namespace fude::service {
class Studio;
}

namespace fude::server {

/// What the own API tells beyond what the studio knows.
struct ApiOptions {
  bool needs_login = false;
};

/// Fude's own API, /api/v1, as api/openapi.yaml describes it. `studio` must outlive the router.
void add_api_routes(Router& router, service::Studio& studio, const ApiOptions& options = {});

// The groups that it is made of.
void add_status_routes(Router& router, service::Studio& studio, const ApiOptions& options);
void add_job_routes(Router& router, service::Studio& studio);
void add_event_routes(Router& router, service::Studio& studio);
void add_picture_routes(Router& router, service::Studio& studio);
void add_keeping_routes(Router& router, service::Studio& studio);
void add_reading_routes(Router& router, service::Studio& studio);
void add_prompt_routes(Router& router);
void add_model_routes(Router& router, service::Studio& studio);
void add_merge_routes(Router& router, service::Studio& studio);
void add_upscale_routes(Router& router, service::Studio& studio);
void add_film_routes(Router& router, service::Studio& studio);
void add_verify_routes(Router& router, service::Studio& studio);
void add_comparison_routes(Router& router, service::Studio& studio);
void add_folder_routes(Router& router, service::Studio& studio);
void add_style_routes(Router& router, service::Studio& studio);
void add_wildcard_routes(Router& router, service::Studio& studio);
void add_tag_routes(Router& router, service::Studio& studio);
void add_setting_routes(Router& router, service::Studio& studio);

}  // namespace fude::server
