#include "server/api_routes.h"
#include "server/api_values.h"
#include "server/error_response.h"
#include "service/gallery.h"
#include "service/studio.h"
#include "service/upscaler_list.h"

namespace fude::server {
namespace {

Json upscaler_json(const service::UpscalerRow& upscaler) {
  Json json{{"name", upscaler.name}, {"scale", upscaler.scale}};
  if (!upscaler.family.empty()) json["family"] = upscaler.family;
  if (!upscaler.problem.empty()) json["problem"] = upscaler.problem;
  return json;
}

Response list(const service::Studio& studio) {
  Json upscalers = Json::array();
  for (const auto& upscaler : service::list_upscalers(studio.library())) upscalers.push_back(upscaler_json(upscaler));
  return json_response({{"upscalers", std::move(upscalers)}, {"latent", service::latent_upscaler_names()}});
}

// A picture of the gallery is kept as its file: jobs are carried out without the gallery.
Response submit(service::Studio& studio, const Request& request) {
  const JsonObject body = json_body(request, {"upscaler"});
  body.allow_only({"picture", "image", "upscaler", "factor", "width", "height", "crops", "second_upscaler",
                   "second_share", "tile", "tile_overlap", "gfpgan_visibility", "codeformer_visibility",
                   "codeformer_weight"});
  Json order = body.value();
  order.erase("picture");
  if (const auto id = body.whole("picture", 1, INT64_MAX)) {
    const std::optional<service::Picture> picture = studio.gallery().find(*id);
    if (!picture) throw HttpError(404, fmt::format("there is no picture {}", *id), "picture");
    order["file"] = picture->file;
  }
  service::NewJob job;
  job.kind = "upscale";
  job.request = order.dump();
  job.origin = "studio";
  return json_response(to_json(studio.submit(job)), 201);
}

}  // namespace

void add_upscale_routes(Router& router, service::Studio& studio) {
  router.add("GET", "/api/v1/upscalers", [&](const Request&) { return list(studio); });
  router.add("POST", "/api/v1/upscales", [&](const Request& request) { return submit(studio, request); });
}

}  // namespace fude::server
