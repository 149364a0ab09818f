#include "server/sdapi_body.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "core/ascii.h"
#include "core/error.h"
#include "diffusion/sampler_names.h"
#include "pipelines/request_fields.h"
#include "pipelines/settings.h"
#include "server/error_response.h"
#include "server/model_settings.h"
#include "server/sdapi_scripts.h"
#include "service/settings_store.h"

namespace fude::server {
namespace {

using pipelines::ModelCard;
using pipelines::ModelUse;

struct MissingWork {
  std::string_view member;
  std::string_view work;
};

constexpr std::array kMissingWork{
    MissingWork{"enable_hr", "the hires fix (enable_hr)"},
    MissingWork{"restore_faces", "restoring faces (restore_faces)"},
    MissingWork{"init_images", "making pictures from pictures (init_images)"},
    MissingWork{"firstpass_image", "making pictures from pictures (firstpass_image)"},
    MissingWork{"mask", "painting into pictures (mask)"},
    MissingWork{"latent_mask", "painting into pictures (latent_mask)"},
};

// Scripts that users of the web UI have; others are unknown to it, too.
constexpr std::array<std::string_view, 13> kKnownScripts{"adetailer",
                                                         "controlnet",
                                                         "cutoff",
                                                         "dynamic prompts",
                                                         "hypertile",
                                                         "latent couple",
                                                         "loopback",
                                                         "outpainting mk2",
                                                         "regional prompter",
                                                         "sd upscale",
                                                         "soft inpainting",
                                                         "tiled diffusion",
                                                         "poor man's outpainting"};

bool asks_for_nothing(const Json& value) {
  if (value.is_number()) return value.get<double>() == 0;
  if (value.is_string()) return value.get_ref<const std::string&>().empty();
  return value.is_null() || value == Json(false) || value.empty();
}

[[noreturn]] void refuse_script(std::string_view title) {
  const bool is_known = std::ranges::find(kKnownScripts, ascii_lower(title)) != kKnownScripts.end();
  if (is_known) throw HttpError(501, fmt::format("the script '{}' is not supported yet", printable(title, 60)));
  throw HttpError(422, fmt::format("Script '{}' not found", printable(title, 60)), "script_name");
}

// Whether a unit of a script does something: {"enabled": false} and false do not.
bool is_switched_on(const Json& argument) {
  if (argument.is_object()) return argument.value("enabled", Json(true)) != Json(false);
  return !asks_for_nothing(argument);
}

void check_scripts(const Json& body) {
  if (const auto name = body.find("script_name"); name != body.end() && !asks_for_nothing(*name)) {
    if (!name->is_string()) throw HttpError(400, "script_name is no text", "script_name");
    const auto& title = name->get_ref<const std::string&>();
    if (ascii_lower(title) != "none" && !is_script(title)) refuse_script(title);
  }
  const auto scripts = body.find("alwayson_scripts");
  if (scripts == body.end() || asks_for_nothing(*scripts)) return;
  if (!scripts->is_object()) throw HttpError(400, "alwayson_scripts is no object", "alwayson_scripts");
  for (const auto& [title, script] : scripts->items()) {
    if (is_script(title)) {
      throw HttpError(422, fmt::format("the script '{}' goes into script_name", printable(title, 60)),
                      "alwayson_scripts");
    }
    const Json arguments = script.is_object() ? script.value("args", Json::array()) : Json::array({script});
    // A script's first argument is its switch, or one of several units that each have their own.
    const bool is_off = arguments.empty() || (arguments.is_array() && arguments.front() == Json(false)) ||
                        (arguments.is_array() && std::ranges::none_of(arguments, is_switched_on));
    if (!is_off) refuse_script(title);
  }
}

bool holds_text(const pipelines::RequestField& field) {
  return std::holds_alternative<std::string pipelines::GenerationRequest::*>(field.member);
}

// "20" -> 20, as the web UI's form takes them.
void read_numbers(Json& request) {
  for (auto& [name, value] : request.items()) {
    if (!value.is_string()) continue;
    const pipelines::RequestField* field = pipelines::find_request_field(name);
    if (field == nullptr || holds_text(*field)) continue;
    const Json number = Json::parse(value.get_ref<const std::string&>(), nullptr, /*allow_exceptions=*/false);
    if (number.is_number() || number.is_boolean()) value = number;
  }
}

void cut_sizes(Json& request) {
  for (const char* name : {"width", "height"}) {
    const auto size = request.find(name);
    if (size == request.end() || !size->is_number_integer()) continue;
    const auto pixels = size->get<std::int64_t>();
    if (pixels >= 8) *size = pixels / 8 * 8;
  }
}

void check_sampler(const Json& request) {
  for (const char* name : {"sampler_name", "sampler_index"}) {
    const auto sampler = request.find(name);
    if (sampler == request.end() || !sampler->is_string()) continue;
    const auto& text = sampler->get_ref<const std::string&>();
    if (text.empty()) continue;
    if (!diffusion::find_sampler_names(text, {})) throw HttpError(400, "Sampler not found");
    return;  // the newer name goes before the older one
  }
}

void keep_known_styles(Json& request, std::span<const prompt::Style> styles) {
  const auto asked = request.find("styles");
  if (asked == request.end() || !asked->is_array()) return;
  Json kept = Json::array();
  for (const Json& name : *asked) {
    const bool is_unknown = name.is_string() && std::ranges::find(styles, name.get_ref<const std::string&>(),
                                                                  &prompt::Style::name) == styles.end();
    if (!is_unknown) kept.push_back(name);
  }
  *asked = std::move(kept);
}

bool is_known_setting(const std::string& id) {
  const auto rows = service::setting_rows();
  return pipelines::is_setting(id) || std::ranges::find(rows, id, &service::SettingRow::id) != rows.end();
}

// Absent: the setting is left out.
std::optional<Json> stored_setting(const std::vector<ModelCard>& cards, const std::string& id, const Json& value) {
  if (!pipelines::is_setting(id)) return std::nullopt;  // of the page or the server: no bearing on one picture
  if (!names_model(id)) return value;
  if (!value.is_string() || (value == Json("") && id != "sd_vae")) return std::nullopt;
  auto name = model_setting(cards, id, value.get_ref<const std::string&>(), Naming::kByPart);
  return name ? std::optional<Json>(*std::move(name)) : std::nullopt;
}

void read_settings(Json& request, const std::vector<ModelCard>& cards) {
  const auto settings = request.find("override_settings");
  if (settings == request.end() || !settings->is_object()) return;
  Json kept = Json::object();
  for (const auto& [id, value] : settings->items()) {
    if (!is_known_setting(id)) throw UnknownSetting{id};
    if (const auto stored = stored_setting(cards, id, value)) kept[id] = *stored;
  }
  *settings = std::move(kept);
}

void read_refiner(Json& request, const std::vector<ModelCard>& cards) {
  const auto refiner = request.find("refiner_checkpoint");
  if (refiner == request.end() || !refiner->is_string()) return;
  const auto text = refiner->get<std::string>();
  if (text.empty() || ascii_lower(text) == "none") {
    request.erase(refiner);
    return;
  }
  const ModelCard* card = pipelines::find_card(cards, ModelUse::kCheckpoint, text);
  if (card == nullptr) {
    throw HttpError(400, fmt::format("could not find checkpoint with name {}", printable(text, 100)),
                    "refiner_checkpoint");
  }
  *refiner = stored_model_name(*card);
}

}  // namespace

AskedPictures read_asked_pictures(const JsonObject& body, const std::vector<ModelCard>& cards,
                                  std::span<const prompt::Style> styles) {
  AskedPictures asked{
      .request = body.value(),
      .sends_images = body.truth("send_images").value_or(true),
      .saves_images = body.truth("save_images").value_or(false) && !body.truth("do_not_save_samples").value_or(false),
      .task = body.text("force_task_id", 200).value_or("")};
  for (const MissingWork& missing : kMissingWork) {
    const auto member = asked.request.find(missing.member);
    if (member == asked.request.end()) continue;
    if (!asks_for_nothing(*member)) throw HttpError(501, std::string(missing.work) + " is not supported yet");
    asked.request.erase(member);
  }
  check_scripts(asked.request);
  for (const char* name : {"alwayson_scripts", "script_name", "script_args", "firstphase_width", "firstphase_height"}) {
    asked.request.erase(name);
  }
  read_numbers(asked.request);
  cut_sizes(asked.request);
  check_sampler(asked.request);
  keep_known_styles(asked.request, styles);
  read_settings(asked.request, cards);
  read_refiner(asked.request, cards);
  return asked;
}

nlohmann::ordered_json echoed_parameters(const Json& body) {
  // The web UI's form (v1.10) in its order, with what absent members are.
  static const auto kForm = nlohmann::ordered_json::parse(R"({
    "prompt": "", "negative_prompt": "", "styles": null, "seed": -1, "subseed": -1, "subseed_strength": 0,
    "seed_resize_from_h": -1, "seed_resize_from_w": -1, "sampler_name": null, "scheduler": null, "batch_size": 1,
    "n_iter": 1, "steps": 50, "cfg_scale": 7.0, "width": 512, "height": 512, "restore_faces": null, "tiling": null,
    "do_not_save_samples": false, "do_not_save_grid": false, "eta": null, "denoising_strength": 0.75,
    "s_min_uncond": null, "s_churn": null, "s_tmax": null, "s_tmin": null, "s_noise": null, "override_settings": null,
    "override_settings_restore_afterwards": true, "refiner_checkpoint": null, "refiner_switch_at": null,
    "disable_extra_networks": false, "firstpass_image": null, "comments": null, "enable_hr": false,
    "firstphase_width": 0, "firstphase_height": 0, "hr_scale": 2.0, "hr_upscaler": null, "hr_second_pass_steps": 0,
    "hr_resize_x": 0, "hr_resize_y": 0, "hr_checkpoint_name": null, "hr_sampler_name": null, "hr_scheduler": null,
    "hr_prompt": "", "hr_negative_prompt": "", "force_task_id": null, "sampler_index": "Euler", "script_name": null,
    "script_args": [], "send_images": true, "save_images": false, "alwayson_scripts": {}, "infotext": null})");
  nlohmann::ordered_json form = kForm;
  for (const auto& [name, value] : body.items()) {
    if (form.contains(name) || pipelines::find_request_field(name) != nullptr) form[name] = value;
  }
  return form;
}

}  // namespace fude::server
