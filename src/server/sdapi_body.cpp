#include "server/sdapi_body.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "core/ascii.h"
#include "core/error.h"
#include "diffusion/sampler_names.h"
#include "pipelines/request_fields.h"
#include "pipelines/settings.h"
#include "server/error_response.h"
#include "server/forgiving_values.h"
#include "server/model_settings.h"
#include "server/sdapi_always_on.h"
#include "server/sdapi_sources.h"
#include "service/settings_store.h"

namespace fude::server {
namespace {

using pipelines::ModelCard;
using pipelines::ModelUse;

// Work that Fude does not do yet.

bool asks_for(const Json& body, const char* name) {
  const auto member = body.find(name);
  return member != body.end() && !asks_for_nothing(*member);
}

// Members of a hires fix that is off do not matter, wrong ones either.
void drop_unused_hires(Json& request) {
  if (request.contains("enable_hr")) request["enable_hr"] = as_truth(request["enable_hr"]);
  if (asks_for(request, "enable_hr")) {
    if (!asks_for(request, "hr_upscaler")) request.erase("hr_upscaler");  // "" is none chosen, as null is
    return;
  }
  for (auto member = request.begin(); member != request.end();) {
    const bool is_unused = member.key().starts_with("hr_") || member.key() == "firstpass_image";
    member = is_unused ? request.erase(member) : std::next(member);
  }
}

// As the web UI's form takes them.
void read_loose_values(Json& request) {
  using Request = pipelines::GenerationRequest;
  for (auto& [name, value] : request.items()) {
    const pipelines::RequestField* field = pipelines::find_request_field(name);
    if (field == nullptr || std::holds_alternative<std::string Request::*>(field->member)) continue;
    value = std::holds_alternative<bool Request::*>(field->member) ? as_truth(value) : as_number(value);
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

// What the web UI's lists say for none, or for the same as in the first pass.
bool is_none(std::string_view name) {
  return name.empty() || ascii_lower(name) == "none" || name.starts_with("Use same ");
}

// False where there is none; the member goes then.
bool check_sampler(Json& request, const char* name) {
  const auto sampler = request.find(name);
  if (sampler == request.end() || !sampler->is_string()) return false;
  const auto& text = sampler->get_ref<const std::string&>();
  if (is_none(text)) {
    request.erase(sampler);
    return false;
  }
  if (!diffusion::find_sampler_names(text, {})) throw HttpError(400, "Sampler not found");
  return true;
}

void check_samplers(Json& request) {
  // The newer name goes before the older one.
  if (!check_sampler(request, "sampler_name")) check_sampler(request, "sampler_index");
  check_sampler(request, "hr_sampler_name");
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
  if (!names_model(id)) return as_setting(id, value);
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

void read_checkpoint(Json& request, const char* name, const std::vector<ModelCard>& cards) {
  const auto checkpoint = request.find(name);
  if (checkpoint == request.end() || !checkpoint->is_string()) return;
  const auto text = checkpoint->get<std::string>();
  if (is_none(text)) {
    request.erase(checkpoint);
    return;
  }
  const ModelCard* card = pipelines::find_card(cards, ModelUse::kCheckpoint, text);
  if (card == nullptr) {
    throw HttpError(400, fmt::format("could not find checkpoint with name {}", printable(text, 100)), name);
  }
  *checkpoint = stored_model_name(*card);
}

// The web UI's forms (v1.10) in their order, with what absent members are.
nlohmann::ordered_json form_of(Tab tab) {
  using Form = nlohmann::ordered_json;
  static const Form kBegin = Form::parse(R"({
    "prompt": "", "negative_prompt": "", "styles": null, "seed": -1, "subseed": -1, "subseed_strength": 0,
    "seed_resize_from_h": -1, "seed_resize_from_w": -1, "sampler_name": null, "scheduler": null, "batch_size": 1,
    "n_iter": 1, "steps": 50, "cfg_scale": 7.0, "width": 512, "height": 512, "restore_faces": null, "tiling": null,
    "do_not_save_samples": false, "do_not_save_grid": false, "eta": null, "denoising_strength": 0.75,
    "s_min_uncond": null, "s_churn": null, "s_tmax": null, "s_tmin": null, "s_noise": null, "override_settings": null,
    "override_settings_restore_afterwards": true, "refiner_checkpoint": null, "refiner_switch_at": null,
    "disable_extra_networks": false, "firstpass_image": null, "comments": null})");
  static const Form kWords = Form::parse(R"({
    "enable_hr": false, "firstphase_width": 0, "firstphase_height": 0, "hr_scale": 2.0, "hr_upscaler": null,
    "hr_second_pass_steps": 0, "hr_resize_x": 0, "hr_resize_y": 0, "hr_checkpoint_name": null, "hr_sampler_name": null,
    "hr_scheduler": null, "hr_prompt": "", "hr_negative_prompt": ""})");
  static const Form kPicture = Form::parse(R"({
    "init_images": null, "resize_mode": 0, "image_cfg_scale": null, "mask": null, "mask_blur_x": 4, "mask_blur_y": 4,
    "mask_blur": null, "mask_round": true, "inpainting_fill": 0, "inpaint_full_res": true,
    "inpaint_full_res_padding": 0, "inpainting_mask_invert": 0, "initial_noise_multiplier": null, "latent_mask": null,
    "include_init_images": false})");
  static const Form kEnd = Form::parse(R"({
    "force_task_id": null, "sampler_index": "Euler", "script_name": null, "script_args": [], "send_images": true,
    "save_images": false, "alwayson_scripts": {}, "infotext": null})");
  Form form = kBegin;
  form.update(tab == Tab::kFromWords ? kWords : kPicture);
  form.update(kEnd);
  return form;
}

}  // namespace

JsonObject read_switches(const JsonObject& body) {
  Json read = body.value();
  for (const char* name : {"send_images", "save_images", "do_not_save_samples", "do_not_save_grid",
                           "include_init_images", "override_settings_restore_afterwards"}) {
    if (const auto member = read.find(name); member != read.end()) *member = as_truth(*member);
  }
  return JsonObject(std::move(read));
}

AskedPictures read_asked_pictures(const JsonObject& body, Tab tab, const std::vector<ModelCard>& cards,
                                  std::span<const prompt::Style> styles) {
  AskedPictures asked{
      .request = body.value(),
      .sends_images = body.truth("send_images").value_or(true),
      .saves_images = body.truth("save_images").value_or(false) && !body.truth("do_not_save_samples").value_or(false),
      .saves_grid = body.truth("save_images").value_or(false) && !body.truth("do_not_save_grid").value_or(false),
      .task = body.text("force_task_id", 200).value_or("")};
  read_sources(asked.request, tab);
  read_scripts(asked.request, tab);
  for (const char* name : {"firstphase_width", "firstphase_height"}) asked.request.erase(name);
  drop_unused_hires(asked.request);
  read_loose_values(asked.request);
  cut_sizes(asked.request);
  check_samplers(asked.request);
  keep_known_styles(asked.request, styles);
  read_settings(asked.request, cards);
  for (const char* name : {"refiner_checkpoint", "hr_checkpoint_name"}) read_checkpoint(asked.request, name, cards);
  return asked;
}

nlohmann::ordered_json echoed_parameters(const Json& body, Tab tab) {
  nlohmann::ordered_json form = form_of(tab);
  for (const auto& [name, value] : body.items()) {
    if (form.contains(name) || pipelines::find_request_field(name) != nullptr) form[name] = value;
  }
  // Pictures are large; who sent them has them.
  const bool repeats_pictures = form.value("include_init_images", nlohmann::ordered_json()) == true;
  if (tab == Tab::kFromPicture && !repeats_pictures) {
    for (const char* picture : {"init_images", "mask", "latent_mask"}) form[picture] = nullptr;
  }
  return form;
}

}  // namespace fude::server
