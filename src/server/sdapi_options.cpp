#include "server/sdapi_options.h"

#include <algorithm>
#include <string>
#include <variant>

#include "core/error.h"
#include "pipelines/json_value.h"
#include "pipelines/model_card.h"
#include "pipelines/settings.h"
#include "server/error_response.h"
#include "server/forgiving_values.h"
#include "server/model_settings.h"
#include "server/sdapi_body.h"
#include "server/sdapi_routes.h"
#include "server/web_ui_route.h"
#include "service/model_cards.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using Ordered = nlohmann::ordered_json;
using pipelines::ModelCard;
using pipelines::ModelUse;
using service::SettingRow;
using service::SettingsStore;
using service::SettingValue;
using service::Studio;

constexpr std::string_view kCheckpoint = "sd_model_checkpoint";
constexpr std::string_view kAutoencoder = "sd_vae";
constexpr std::string_view kQuicksettings = "quicksettings_list";  // a list in the web UI, words by comma here

Ordered to_json(const SettingValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return {};
}

Ordered words_of(std::string_view text) {
  Ordered words = Ordered::array();
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    words.push_back(trimmed(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return words;
}

Ordered all_options(Studio& studio) {
  Ordered options = Ordered::object();
  for (const SettingRow& row : service::setting_rows()) {
    options[std::string(row.id)] = to_json(studio.settings().get(row.id));
  }
  const auto cards = service::model_cards(studio, ModelUse::kCheckpoint);
  const std::string asked = studio.loaded().checkpoint;
  const ModelCard* card = asked.empty() ? &cards.front() : pipelines::find_card(cards, ModelUse::kCheckpoint, asked);
  options[std::string(kCheckpoint)] = card == nullptr ? asked : card->title;
  options["sd_checkpoint_hash"] = card == nullptr ? "" : card->sha256;
  options[std::string(kQuicksettings)] = words_of(studio.settings().text(kQuicksettings));
  return options;
}

SettingValue to_value(const std::string& id, const Json& value) {
  if (std::optional<SettingValue> scalar = pipelines::value_from_json(value)) return *std::move(scalar);
  throw HttpError(400, fmt::format("{} is a JSON {}, expected one value", printable(id, 60), value.type_name()), id);
}

// The list as it is stored.
SettingValue joined(const std::string& id, const Json& list) {
  std::string text;
  for (const Json& word : list) {
    if (!word.is_string()) throw HttpError(400, id + " holds something else than texts", id);
    text += (text.empty() ? "" : ",") + word.get<std::string>();
  }
  return text;
}

bool has_row(std::string_view id) {
  const auto rows = service::setting_rows();
  return std::ranges::find(rows, id, &SettingRow::id) != rows.end();
}

struct Wishes {
  SettingsStore::Changes changes;
  std::optional<std::string> checkpoint;  // as settings name it
  std::optional<std::string> vae;
};

std::string checked_model(const std::vector<ModelCard>& cards, std::string_view id, const Json& value) {
  const std::string text = value.is_string() ? value.get<std::string>() : value.is_null() ? "" : value.dump();
  auto name = model_setting(cards, id, text, Naming::kByPart);
  // The web UI has always some checkpoint: it does not know the embedded one that "" stands for here.
  if (!name || (id == kCheckpoint && text.empty())) throw UnknownModel{text};
  return *std::move(name);
}

Wishes read_wishes(const Studio& studio, const JsonObject& body) {
  Wishes wishes;
  std::vector<ModelCard> cards;
  for (const auto& [id, value] : body.value().items()) {
    if (names_model(id)) {
      if (cards.empty()) cards = service::model_cards(studio);
      const std::string name = checked_model(cards, id, value);
      if (id == kCheckpoint) {
        wishes.checkpoint = name;
      } else if (id == kAutoencoder) {
        wishes.vae = name;
      } else {
        wishes.changes.emplace_back(id, name);
      }
    } else if (has_row(id)) {
      wishes.changes.emplace_back(id, value.is_array() ? joined(id, value) : to_value(id, as_setting(id, value)));
    } else if (!pipelines::is_setting(id)) {
      throw UnknownSetting{id};
    }  // else it is one of the web UI's that have no bearing here
  }
  return wishes;
}

Response set_options(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request);
  try {
    change_options(studio, body);
  } catch (const UnknownSetting& setting) {
    return web_ui_failure("KeyError", "'" + setting.id + "'");
  } catch (const UnknownModel& model) {
    return web_ui_failure("RuntimeError", "model '" + model.name + "' not found");
  }
  return ordered_response(Ordered());
}

}  // namespace

void change_options(Studio& studio, const JsonObject& options) {
  const Wishes wishes = read_wishes(studio, options);
  studio.settings().set(wishes.changes);
  const service::LoadedModel now = studio.loaded();
  const std::string vae = wishes.vae.value_or(now.vae), checkpoint = wishes.checkpoint.value_or(now.checkpoint);
  if (checkpoint != now.checkpoint || vae != now.vae || (wishes.checkpoint && !now.is_loaded)) {
    studio.load_model(checkpoint, vae);
  }
}

void add_sdapi_options(Router& router, Studio& studio) {
  add_web_ui_route(router, "GET", "/sdapi/v1/options",
                   [&studio](const Request&) { return ordered_response(all_options(studio)); });
  add_web_ui_route(router, "POST", "/sdapi/v1/options",
                   [&studio](const Request& request) { return set_options(studio, request); });
}

}  // namespace fude::server
