#include "server/api_routes.h"
#include "server/api_values.h"
#include "server/error_response.h"
#include "service/studio.h"

namespace fude::server {
namespace {

// The name becomes a file in the models folder.
void require_file_name(const std::string& name) {
  const bool is_name = !name.empty() && name.front() != '.' && name.find_first_of("/\\:*?\"<>|") == std::string::npos;
  if (!is_name) {
    throw HttpError(400, fmt::format("name is '{}', expected a file name without folders", printable(name, 60)),
                    "name");
  }
}

Response submit(service::Studio& studio, const Request& request) {
  const JsonObject body = json_body(request, {"models", "method", "name"});
  body.allow_only({"models", "method", "weights", "base", "block_weights", "vae", "dtype", "name"});
  if (body.texts("models", 16, 2'000)->empty()) throw HttpError(400, "models is empty, expected names", "models");
  require_file_name(*body.text("name", 200));
  body.text("method", 100);
  body.numbers("weights", 16, -10, 10);
  body.text("base", 2'000);
  body.text("block_weights", 10'000);
  body.text("vae", 2'000);
  body.choice("dtype", {"fp16", "bf16", "fp32"});
  service::NewJob job;
  job.kind = "merge";
  job.request = body.value().dump();
  job.origin = "studio";
  return json_response(to_json(studio.submit(job)), 201);
}

}  // namespace

void add_merge_routes(Router& router, service::Studio& studio) {
  router.add("POST", "/api/v1/merges", [&](const Request& request) { return submit(studio, request); });
}

}  // namespace fude::server
