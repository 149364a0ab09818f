#include "server/sdapi_routes.h"

#include "server/web_ui_route.h"

namespace fude::server {

void add_sdapi_routes(Router& router, service::Studio& studio, const SdapiOptions& options) {
  add_sdapi_pictures(router, studio);
  add_sdapi_extras(router, studio);
  add_sdapi_progress(router, studio);
  add_sdapi_options(router, studio);
  add_sdapi_lists(router, studio);
  add_sdapi_models(router, studio);
  add_sdapi_png_info(router);
  add_sdapi_machine(router, studio, options);
  add_internal_routes(router, studio);
  add_extra_network_routes(router, studio);
  add_controlnet_routes(router);
  add_missing_route(router, "POST", "/sdapi/v1/interrogate", "describing pictures");
  for (const char* made : {"embedding", "hypernetwork"}) {
    add_missing_route(router, "POST", std::string("/sdapi/v1/create/") + made, "training through the web");
    add_missing_route(router, "POST", std::string("/sdapi/v1/train/") + made, "training through the web");
  }
}

}  // namespace fude::server
