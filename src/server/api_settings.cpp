#include "pipelines/model_library.h"
#include "server/api_routes.h"
#include "server/api_values.h"
#include "server/error_response.h"
#include "server/model_settings.h"
#include "service/model_cards.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using service::SettingValue;
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
SettingValue checked_model(const Studio& studio, const std::string& id, const SettingValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || !names_model(id)) return value;
  if (auto name = model_setting(service::model_cards(studio), id, *text, Naming::kInFull)) return *std::move(name);
  try {  // merge recipes are models, too, and who finds none says what is nearest
    if (id == "sd_vae") {
      studio.library().find_autoencoder(*text);
    } else {
      studio.library().find_checkpoint(*text);
    }
  } catch (const Error& error) {
    throw HttpError(400, error.what(), id);
  }
  return value;
}

Response change_settings(Studio& studio, const Request& request) {
  service::SettingsStore::Changes changes;
  const JsonObject body = json_body(request);
  for (const auto& [id, value] : body.value().items()) {
    changes.emplace_back(id, checked_model(studio, id, to_field_value(id, value)));
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
