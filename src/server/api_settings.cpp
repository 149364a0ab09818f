#include "pipelines/model_library.h"
#include "server/api_routes.h"
#include "server/api_values.h"
#include "server/error_response.h"
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

// A model that is not there would have every later job refused.
void require_model(const Studio& studio, const std::string& id, const service::SettingValue& value) {
  const auto* name = std::get_if<std::string>(&value);
  if (name == nullptr || name->empty()) return;
  try {
    if (id == "sd_model_checkpoint") studio.library().find_checkpoint(*name);
    if (id == "sd_vae" && *name != "Automatic" && *name != "None") studio.library().find_autoencoder(*name);
  } catch (const Error& error) {
    throw HttpError(400, error.what(), id);
  }
}

Response change_settings(Studio& studio, const Request& request) {
  service::SettingsStore::Changes changes;
  const JsonObject body = json_body(request);
  for (const auto& [id, value] : body.value().items()) {
    changes.emplace_back(id, to_field_value(id, value));
    require_model(studio, id, changes.back().second);
  }
  studio.settings().set(changes);
  return all_settings(studio);
}

}  // namespace

void add_setting_routes(Router& router, Studio& studio) {
  router.add("GET", "/api/v1/settings", [&](const Request&) { return all_settings(studio); });
  router.add("PATCH", "/api/v1/settings", [&](const Request& request) { return change_settings(studio, request); });
}

}  // namespace fude::server
