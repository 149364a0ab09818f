#include <array>
#include <string_view>

#include "diffusion/sampler_traits.h"
#include "server/made_pictures.h"
#include "server/sdapi_routes.h"
#include "server/sdapi_scripts.h"
#include "server/web_ui_route.h"
#include "service/face_restorer_list.h"
#include "service/studio.h"
#include "service/upscaler_list.h"

namespace fude::server {
namespace {

using Ordered = nlohmann::ordered_json;
using service::Studio;

Ordered names_of(const diffusion::Aliases& aliases) {
  Ordered names = Ordered::array();
  for (const std::string_view alias : aliases) {
    if (!alias.empty()) names.push_back(alias);
  }
  return names;
}

// What the web UI tells of a sampler, all of it as texts.
Ordered options_of(const diffusion::SamplerTraits& sampler) {
  Ordered options = Ordered::object();
  if (sampler.default_schedule != "automatic") options["scheduler"] = sampler.default_schedule;
  if (sampler.predictions == 2) options["second_order"] = "True";
  if (sampler.noise == diffusion::StepNoiseKind::kBrownian) options["brownian_noise"] = "True";
  if (sampler.discards_penultimate) options["discard_next_to_last_sigma"] = "True";
  if (sampler.writes_seed_delta) options["uses_ensd"] = "True";
  return options;
}

Ordered samplers() {
  Ordered list = Ordered::array();
  for (const diffusion::SamplerTraits& sampler : diffusion::kSamplerTraits) {
    Ordered aliases = names_of(sampler.aliases);
    list.push_back({{"name", sampler.label}, {"aliases", std::move(aliases)}, {"options", options_of(sampler)}});
  }
  return list;
}

// Whether a schedule walks over the levels that the model was trained with, and not over a formula's.
bool needs_model_levels(std::string_view schedule) {
  constexpr std::array<std::string_view, 6> kNames{"uniform", "sgm_uniform", "simple", "normal", "ddim", "beta"};
  return std::ranges::find(kNames, schedule) != kNames.end();
}

Ordered schedulers() {
  Ordered list = Ordered::array();
  for (const diffusion::ScheduleTraits& schedule : diffusion::kScheduleTraits) {
    Ordered aliases = names_of(schedule.aliases);
    const double rho = schedule.default_rho == 0 ? -1 : schedule.default_rho;
    list.push_back({{"name", schedule.id},
                    {"label", schedule.label},
                    {"aliases", aliases.empty() ? Ordered() : std::move(aliases)},
                    {"default_rho", rho},
                    {"need_inner_model", needs_model_levels(schedule.id)}});
  }
  return list;
}

Ordered styles(const Studio& studio) {
  Ordered list = Ordered::array();
  for (const prompt::Style& style : styles_of(studio)) {
    list.push_back({{"name", style.name}, {"prompt", style.prompt}, {"negative_prompt", style.negative}});
  }
  return list;
}

Ordered text_or_null(const std::string& text) { return text.empty() ? Ordered() : Ordered(text); }

// Those that can be used.
std::vector<service::UpscalerRow> usable_upscalers(const Studio& studio) {
  std::vector<service::UpscalerRow> rows = service::list_upscalers(studio.library());
  std::erase_if(rows, [](const service::UpscalerRow& row) { return !row.problem.empty(); });
  return rows;
}

Ordered upscalers(const Studio& studio) {
  Ordered list = Ordered::array();
  for (const service::UpscalerRow& row : usable_upscalers(studio)) {
    list.push_back({{"name", row.name},
                    {"model_name", text_or_null(row.path.stem().string())},
                    {"model_path", text_or_null(row.path.string())},
                    {"model_url", Ordered()},
                    {"scale", row.scale}});
  }
  return list;
}

Ordered real_esrgan_models(const Studio& studio) {
  Ordered list = Ordered::array();
  for (const service::UpscalerRow& row : usable_upscalers(studio)) {
    if (!row.name.starts_with("R-ESRGAN")) continue;
    list.push_back({{"name", row.name}, {"path", row.path.string()}, {"scale", row.scale}});
  }
  return list;
}

Ordered latent_modes() {
  Ordered list = Ordered::array();
  for (const std::string& name : service::latent_upscaler_names()) list.push_back({{"name", name}});
  return list;
}

// As the web UI has it: "None" for no restoration behind those whose files are there.
Ordered face_restorers(const Studio& studio) {
  Ordered list = Ordered::array();
  for (const service::FaceRestorerRow& row : service::list_face_restorers(studio.library())) {
    if (row.problem.empty()) list.push_back({{"name", row.name}, {"cmd_dir", row.folder}});
  }
  list.push_back({{"name", "None"}, {"cmd_dir", Ordered()}});
  return list;
}

void add_list(Router& router, const std::string& name, std::function<Ordered()> list) {
  add_web_ui_route(router, "GET", "/sdapi/v1/" + name,
                   [list = std::move(list)](const Request&) { return ordered_response(list()); });
}

}  // namespace

void add_sdapi_lists(Router& router, Studio& studio) {
  const auto none = [] { return Ordered::array(); };
  add_list(router, "samplers", samplers);
  add_list(router, "schedulers", schedulers);
  add_list(router, "upscalers", [&studio] { return upscalers(studio); });
  add_list(router, "latent-upscale-modes", latent_modes);
  add_list(router, "face-restorers", [&studio] { return face_restorers(studio); });
  add_list(router, "realesrgan-models", [&studio] { return real_esrgan_models(studio); });
  add_list(router, "extensions", none);
  add_list(router, "script-info", script_info);
  add_list(router, "scripts", [] {
    return Ordered{{"txt2img", script_titles(Tab::kFromWords)}, {"img2img", script_titles(Tab::kFromPicture)}};
  });
  add_list(router, "prompt-styles", [&studio] { return styles(studio); });
}

}  // namespace fude::server
