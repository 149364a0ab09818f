#include "core/platform/memory.h"
#include "diffusion/sampler_traits.h"
#include "pipelines/request_fields.h"
#include "server/api_routes.h"
#include "server/api_values.h"
#include "server/security.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using service::Studio;

Json memory_json() {
  return {{"total", platform::total_memory().value_or(0)},
          {"free", platform::available_memory().value_or(0)},
          {"used", platform::resident_memory()}};
}

Response status(Studio& studio, const ApiOptions& options, const Request& request) {
  Json json{{"version", FUDE_VERSION},
            {"device", studio.device_name()},
            {"precision", studio.precision_name()},
            {"threads", studio.thread_count()},
            {"model", to_json(studio.loaded())},
            {"queue", to_json(studio.queue().counts())},
            {"memory", memory_json()},
            {"needs_login", options.needs_login}};
  if (const std::string notice = studio.notice(); !notice.empty()) json["notice"] = notice;
  if (is_loopback(request.remote)) json["data_dir"] = studio.options().data_dir.string();
  return json_response(json);
}

const char* kind_of(const pipelines::RequestMember& member) {
  using pipelines::GenerationRequest;
  if (std::holds_alternative<bool GenerationRequest::*>(member)) return "truth";
  if (std::holds_alternative<std::string GenerationRequest::*>(member)) return "text";
  const bool is_whole = std::holds_alternative<int GenerationRequest::*>(member) ||
                        std::holds_alternative<std::int64_t GenerationRequest::*>(member);
  return is_whole ? "whole" : "number";
}

Json field_json(const pipelines::RequestField& field, const pipelines::GenerationRequest& defaults) {
  Json json{{"name", field.name},
            {"setting", field.setting},
            {"infotext", field.key},
            {"kind", kind_of(field.member)},
            {"default", to_json(field_value(defaults, field))},
            {"help", field.help},
            {"help_ja", field.help_ja}};
  if (field.minimum != 0 || field.maximum != 0) {
    json["minimum"] = field.minimum;
    json["maximum"] = field.maximum;
  }
  if (field.multiple_of > 1) json["multiple_of"] = field.multiple_of;
  if (!field.choices.empty()) json["choices"] = field.choices;
  return json;
}

template <typename Table>
Json choices_json(const Table& table) {
  Json choices = Json::array();
  for (const auto& entry : table) {
    Json aliases = Json::array({entry.id});
    for (const std::string_view alias : entry.aliases) {
      if (!alias.empty()) aliases.push_back(alias);
    }
    choices.push_back({{"name", entry.label}, {"aliases", std::move(aliases)}});
  }
  return choices;
}

Response fields(Studio& studio) {
  // What a page starts from: the studio's own defaults, and what the user has set.
  const pipelines::GenerationRequest defaults = studio.settings().with_settings({});
  Json fields = Json::array();
  for (const pipelines::RequestField& field : pipelines::request_fields()) {
    fields.push_back(field_json(field, defaults));
  }
  return json_response({{"fields", std::move(fields)},
                        {"samplers", choices_json(diffusion::kSamplerTraits)},
                        {"schedulers", choices_json(diffusion::kScheduleTraits)}});
}

}  // namespace

void add_status_routes(Router& router, Studio& studio, const ApiOptions& options) {
  router.add("GET", "/api/v1/status",
             [&studio, options](const Request& request) { return status(studio, options, request); });
  router.add("GET", "/api/v1/fields", [&](const Request&) { return fields(studio); });
}

}  // namespace fude::server
