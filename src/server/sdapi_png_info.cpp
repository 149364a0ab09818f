#include "pipelines/infotext.h"
#include "server/sdapi_routes.h"
#include "server/sent_picture.h"
#include "server/web_ui_route.h"

namespace fude::server {
namespace {

using Ordered = nlohmann::ordered_json;

Response png_info(const Request& request) {
  const JsonObject body = json_body(request, {"image"});
  Ordered items = Ordered::object(), parameters = Ordered::object();
  std::string info;
  const std::string image = body.text("image", kLargestBody).value_or("");
  if (!image.empty()) {
    const pipelines::StoredText stored = text_of_sent_picture(image);
    for (const auto& text : stored.others) items[text.keyword] = text.text;
    info = stored.infotext.value_or("");
  }
  if (!info.empty()) {
    const pipelines::Infotext parsed = pipelines::parse_infotext(info);
    for (const auto& pair : parsed.pairs()) parameters[pair.key] = pipelines::to_text(pair.value);
  }
  return ordered_response({{"info", info}, {"items", std::move(items)}, {"parameters", std::move(parameters)}});
}

}  // namespace

void add_sdapi_png_info(Router& router) { add_web_ui_route(router, "POST", "/sdapi/v1/png-info", png_info); }

}  // namespace fude::server
