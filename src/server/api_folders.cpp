#include "pipelines/request_json.h"
#include "server/api_routes.h"
#include "server/api_values.h"
#include "server/error_response.h"
#include "server/query.h"
#include "service/studio.h"

namespace fude::server {
namespace {

Response list(const service::Studio& studio) {
  Json folders = Json::array();
  for (const auto& row : studio.input_folders().list()) {
    folders.push_back({{"name", row.name}, {"pictures", row.pictures}});
  }
  return json_response({{"folders", std::move(folders)}});
}

Response submit(service::Studio& studio, const Request& request) {
  constexpr std::size_t kLongestFolder = 1000;
  const JsonObject body = json_body(request, {"folder", "request"});
  body.allow_only({"folder", "request", "output", "masks", "texts", "reuse", "priority"});
  for (const char* name : {"folder", "output", "masks", "texts"}) body.text(name, kLongestFolder);
  body.texts("reuse", 6, 20);
  body.object("request");
  service::NewJob job;
  job.kind = "folder";
  job.priority = static_cast<int>(body.whole("priority", -100, 100).value_or(0));
  job.origin = "studio";
  Json order = body.value();
  order.erase("priority");
  job.request = order.dump();
  if (job.request.size() > pipelines::kLongestRequest) {
    throw HttpError(
        413, fmt::format("request has {} bytes, expected at most {}", job.request.size(), pipelines::kLongestRequest),
        "request");
  }
  return json_response(to_json(studio.submit(job)), 201);
}

}  // namespace

void add_folder_routes(Router& router, service::Studio& studio) {
  router.add("GET", "/api/v1/folders", [&](const Request&) { return list(studio); });
  router.add("POST", "/api/v1/folder-jobs", [&](const Request& request) { return submit(studio, request); });
  router.add("POST", "/api/v1/jobs/{id}/resume",
             [&](const Request& request) { return json_response(to_json(studio.resume(id_of(request))), 201); });
}

}  // namespace fude::server
