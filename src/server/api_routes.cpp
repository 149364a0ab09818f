#include "server/api_routes.h"

namespace fude::server {

void add_api_routes(Router& router, service::Studio& studio, const ApiOptions& options) {
  add_status_routes(router, studio, options);
  add_job_routes(router, studio);
  add_event_routes(router, studio);
  add_picture_routes(router, studio);
  add_keeping_routes(router, studio);
  add_reading_routes(router, studio);
  add_prompt_routes(router);
  add_model_routes(router, studio);
  add_merge_routes(router, studio);
  add_upscale_routes(router, studio);
  add_film_routes(router, studio);
  add_verify_routes(router, studio);
  add_comparison_routes(router, studio);
  add_folder_routes(router, studio);
  add_style_routes(router, studio);
  add_wildcard_routes(router, studio);
  add_tag_routes(router, studio);
  add_setting_routes(router, studio);
}

}  // namespace fude::server
