#include "server/api_routes.h"
#include "server/api_values.h"
#include "server/error_response.h"
#include "server/query.h"
#include "service/gallery.h"
#include "service/studio.h"
#include "service/verifications.h"

namespace fude::server {
namespace {

using service::Studio;

Json profile_json(const pipelines::EngineProfile& profile) {
  return {{"device", profile.device}, {"precision", profile.precision}, {"kernels", profile.kernels}};
}

Json verification_json(const service::PictureVerification& verification) {
  const pipelines::Verification& answer = verification.answer;
  const io::LevelDifference& difference = answer.difference;
  Json missing = Json::array();
  for (const pipelines::MissingPart& part : answer.missing) {
    missing.push_back({{"part", part.part}, {"name", part.name}, {"hash", part.hash}, {"message", part.message}});
  }
  Json json{{"picture", verification.picture},
            {"verified_at", verification.verified_at},
            {"verdict", name_of(answer.verdict)},
            {"within", answer.within},
            {"levels", difference.most},
            {"differing_share", difference.share},
            {"model", answer.model},
            {"model_hash", answer.model_hash},
            {"missing", std::move(missing)},
            {"notes", answer.notes}};
  if (difference.most > 0) {
    json["region"] = {
        {"x", difference.left}, {"y", difference.top}, {"width", difference.width}, {"height", difference.height}};
  }
  if (answer.recorded) json["recorded_engine"] = profile_json(*answer.recorded);
  if (answer.used) json["used_engine"] = profile_json(*answer.used);
  return json;
}

Response answer_about(const Studio& studio, const Request& request) {
  const auto id = id_of(request);
  const auto verification = studio.verifications().of(id);
  if (!verification) fail(ErrorCode::kNotFound, "picture {} was not verified as it is now", id);
  return json_response(verification_json(*verification));
}

Response submit(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request);
  body.allow_only({"within"});
  const Json order{{"picture", id_of(request)}, {"within", body.whole("within", 0, 255).value_or(0)}};
  return json_response(to_json(studio.submit({.kind = "verify", .request = order.dump(), .origin = "studio"})), 201);
}

}  // namespace

void add_verify_routes(Router& router, Studio& studio) {
  router.add("GET", "/api/v1/pictures/{id}/verify",
             [&](const Request& request) { return answer_about(studio, request); });
  router.add("POST", "/api/v1/pictures/{id}/verify", [&](const Request& request) { return submit(studio, request); });
}

}  // namespace fude::server
