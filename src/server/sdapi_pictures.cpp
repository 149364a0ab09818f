#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base64.h"
#include "core/error.h"
#include "pipelines/json_value.h"
#include "server/error_response.h"
#include "server/made_pictures.h"
#include "server/picture_info.h"
#include "server/sdapi_batch_grid.h"
#include "server/sdapi_body.h"
#include "server/sdapi_options.h"
#include "server/sdapi_routes.h"
#include "server/sdapi_scripts.h"
#include "server/sdapi_upscalers.h"
#include "server/web_ui_route.h"
#include "service/model_cards.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using service::Job;
using service::MadePicture;
using service::NewJob;
using service::Studio;

// A refusal of the engine opens with the member that is wrong: the web UI's form names it apart.
[[noreturn]] void refuse(const Json& body, const Error& error) {
  const std::string message = error.what();
  const std::size_t begin = message.starts_with('\'') ? 1 : 0;  // "'init_images[0]' is .."
  const std::string member = message.substr(begin, message.find_first_of(" ['", begin) - begin);
  if (error.code() == ErrorCode::kInvalidArgument && body.contains(member)) throw HttpError(400, message, member);
  throw error;
}

Job submit(Studio& studio, const JsonObject& body, const AskedPictures& asked) {
  const bool is_task_new = asked.task.empty() || !studio.queue().find_task(asked.task);
  NewJob job;
  job.request = asked.request.dump(-1, ' ', false, Json::error_handler_t::replace);
  job.origin = "sdapi";
  if (is_task_new) job.task = asked.task;  // a name that was used before stays with the job that had it
  job.saves_pictures = asked.saves_images;
  try {
    return studio.submit(job);
  } catch (const Error& error) {
    refuse(body.value(), error);
  }
}

double number_or(const Json& body, const char* member, double otherwise) {
  const auto found = body.find(member);
  return found != body.end() && found->is_number() ? found->get<double>() : otherwise;
}

// The job was taken, so that these are texts.
std::vector<std::string> styles_asked(const Json& body) {
  const auto styles = body.find("styles");
  return styles != body.end() && styles->is_array() ? styles->get<std::vector<std::string>>()
                                                    : std::vector<std::string>();
}

JobFacts facts_of(const Studio& studio, const Json& body, const Job& job) {
  const service::LoadedModel loaded = studio.loaded();
  return {.model_name = loaded.name,
          .model_hash = loaded.hash,
          .styles = styles_asked(body),
          .batch_size = static_cast<int>(number_or(body, "batch_size", 1)),
          .denoising_strength = number_or(body, "denoising_strength", 0.75),
          .started_at = job.started_at,
          .is_inpainting_model = loaded.family.ends_with(" inpainting")};
}

// What was set for one request stays.
void keep_settings(Studio& studio, const Json& body) {
  const auto settings = body.find("override_settings");
  if (settings != body.end() && settings->is_object()) change_options(studio, JsonObject(*settings));
}

// By a script, or by one job.
ScriptResult make_all(Studio& studio, Tab tab, const JsonObject& body, const AskedPictures& asked,
                      const Request& request) {
  if (const std::optional<ScriptCall> script = read_script_call(body, tab)) {
    return run_script(studio, *script, asked.request, request);
  }
  MadeJob made = make_pictures(studio, submit(studio, body, asked), request);
  return {.pictures = std::move(made.pictures), .job = std::move(made.job), .is_script = false};
}

// Scripts draw grids of their own.
std::optional<MadePicture> grid_of(Studio& studio, Tab tab, const AskedPictures& asked,
                                   std::span<const MadePicture> pictures) {
  if (!asked.saves_grid) return std::nullopt;
  const pipelines::SavingTexts own = pipelines::saving_texts(asked.request.value("override_settings", Json()));
  const service::JobSettings settings(studio.settings(), own);
  return batch_grid(studio, settings, tab, static_cast<int>(number_or(asked.request, "batch_size", 1)), pictures);
}

// Each with its mask and its mask composite behind it, where return_mask asks for them.
nlohmann::ordered_json encoded(std::span<const MadePicture> pictures) {
  nlohmann::ordered_json images = nlohmann::ordered_json::array();
  for (const MadePicture& picture : pictures) {
    images.push_back(base64_encode(picture.bytes));
    for (const auto& copy : picture.copies) images.push_back(base64_encode(copy));
  }
  return images;
}

Response pictures(Studio& studio, Tab tab, const Request& request) {
  const JsonObject body = read_switches(json_body(request));
  AskedPictures asked;
  try {
    asked = read_asked_pictures(body, tab, service::model_cards(studio), styles_of(studio));
  } catch (const UnknownSetting& setting) {
    return web_ui_failure("KeyError", "'" + setting.id + "'");
  }
  const ScriptResult made = make_all(studio, tab, body, asked, request);
  if (!body.truth("override_settings_restore_afterwards").value_or(true)) keep_settings(studio, asked.request);
  auto images = asked.sends_images ? encoded(made.pictures) : nlohmann::ordered_json::array();
  auto info = picture_info(made.pictures, facts_of(studio, asked.request, made.job));
  if (made.grids > 0) info["index_of_first_image"] = made.grids;
  if (const auto grid = made.is_script ? std::nullopt : grid_of(studio, tab, asked, made.pictures)) {
    // As there: of all lists only that of the texts has it.
    info["infotexts"].insert(info["infotexts"].begin(), grid->infotext);
    info["index_of_first_image"] = 1;
    if (asked.sends_images) images.insert(images.begin(), base64_encode(grid->bytes));
  }
  return ordered_response({{"images", std::move(images)},
                           {"parameters", echoed_parameters(body.value(), tab)},
                           {"info", info.dump(-1, ' ', false, Json::error_handler_t::replace)}});
}

}  // namespace

void add_sdapi_pictures(Router& router, Studio& studio) {
  const auto add = [&](const char* path, Tab tab) {
    add_web_ui_route(router, "POST", path, [&studio, tab](const Request& request) {
      return naming_upscaler_list([&] { return pictures(studio, tab, request); });
    });
  };
  add("/sdapi/v1/txt2img", Tab::kFromWords);
  add("/sdapi/v1/img2img", Tab::kFromPicture);
}

}  // namespace fude::server
