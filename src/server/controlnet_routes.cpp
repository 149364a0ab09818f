#include "server/sdapi_routes.h"
#include "server/web_ui_route.h"

namespace fude::server {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr int kVersion = 3;  // of the routes' form

void add_constant(Router& router, std::string_view path, const Ordered& value) {
  add_web_ui_route(router, "GET", path, [value](const Request&) { return ordered_response(value); });
}

}  // namespace

// What programs ask to find out whether ControlNet is there. It is not yet: no models, no modules, no units.
void add_controlnet_routes(Router& router) {
  add_constant(router, "/controlnet/version", {{"version", kVersion}});
  add_constant(router, "/controlnet/model_list", {{"model_list", Ordered::array()}});
  add_constant(router, "/controlnet/module_list",
               {{"module_list", Ordered::array()}, {"module_detail", Ordered::object()}});
  add_constant(router, "/controlnet/control_types", {{"control_types", Ordered::object()}});
  add_constant(router, "/controlnet/settings", {{"control_net_unit_count", 0}});
  for (const char* path :
       {"/controlnet/detect", "/controlnet/render_openpose_json", "/controlnet/txt2img", "/controlnet/img2img"}) {
    add_missing_route(router, "POST", path, "ControlNet");
  }
}

}  // namespace fude::server
