#include "server/api_routes.h"
#include "server/api_values.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using service::Studio;

Json setting_json(const service::SettingRow& row, const service::SettingsStore& settings) {
  Json json{{"id", row.id},
            {"group", row.group},
            {"kind", name_of(row.kind)},
            {"value", to_json(settings.get(row.id))},
            {"default", to_json(row.standard)},
            {"help", row.help},
            {"help_ja", row.help_ja}};
  if (row.minimum != 0 || row.maximum != 0) {
    json["minimum"] = row.minimum;
    json["maximum"] = row.maximum;
  }
  if (!row.choices.empty()) json["choices"] = row.choices;
  return json;
}

Response all_settings(Studio& studio) {
  Json settings = Json::array();
  for (const service::SettingRow& row : service::setting_rows()) {
    settings.push_back(setting_json(row, studio.settings()));
  }
  return json_response({{"settings", std::move(settings)}});
}

Response change_settings(Studio& studio, const Request& request) {
  service::SettingsStore::Changes changes;
  const JsonObject body = json_body(request);
  for (const auto& [id, value] : body.value().items()) changes.emplace_back(id, to_field_value(id, value));
  studio.settings().set(changes);
  return all_settings(studio);
}

}  // namespace

void add_setting_routes(Router& router, Studio& studio) {
  router.add("GET", "/api/v1/settings", [&](const Request&) { return all_settings(studio); });
  router.add("PATCH", "/api/v1/settings", [&](const Request& request) { return change_settings(studio, request); });
}

}  // namespace fude::server
