#include "server/sdapi_progress.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/base64.h"
#include "server/picture_info.h"
#include "server/query.h"
#include "server/sdapi_routes.h"
#include "server/web_ui_route.h"
#include "service/job_kinds.h"

namespace fude::server {
namespace {

using Ordered = nlohmann::ordered_json;
using service::RunningState;
using service::Studio;

// Python programs write "True".
bool is_true(const std::string& text) {
  constexpr std::array<std::string_view, 4> kWords{"true", "1", "yes", "on"};
  return std::ranges::find(kWords, ascii_lower(text)) != kWords.end();
}

// What runs, by the web UI's name of its work.
std::string job_name(Studio& studio, const RunningState& running) {
  if (!running.job) return {};
  if (!running.task.empty()) return running.task;
  if (studio.queue().find(*running.job).kind == service::kUpscaleKind) return "extras";
  const auto sources = studio.queue().sources_of(*running.job);
  const bool is_from_picture = std::ranges::find(sources, "init_images", &service::JobSource::member) != sources.end();
  return is_from_picture ? "scripts_img2img" : "scripts_txt2img";
}

Ordered progress_state(const RunningState& running, const std::string& name) {
  const bool is_running = running.job.has_value();
  return {{"skipped", running.was_skipped},
          {"interrupted", running.was_interrupted},
          {"stopping_generation", running.was_interrupted},
          {"job", name},
          {"job_count", is_running ? std::max(1, running.pictures) : 0},
          {"job_timestamp", is_running ? job_timestamp(running.started_at) : "0"},
          {"job_no", is_running ? running.picture : 0},
          {"sampling_step", is_running ? running.step : 0},
          {"sampling_steps", is_running ? running.steps : 0}};
}

Response progress(Studio& studio, const Request& request) {
  const bool skips_picture = is_true(Query(request).text("skip_current_image", 100).value_or(""));
  const RunningState running = studio.running();
  Ordered picture;
  if (running.job && !skips_picture) {
    if (const auto preview = studio.preview()) picture = base64_encode(preview->bytes);
  }
  return ordered_response({{"progress", shown_progress(running)},
                           {"eta_relative", running.job ? std::max(0.0, running.seconds_left) : 0.0},
                           {"state", progress_state(running, job_name(studio, running))},
                           {"current_image", std::move(picture)},
                           {"textinfo", Ordered()}});
}

}  // namespace

double shown_progress(const RunningState& running) {
  constexpr double kBegun = 0.01;  // programs take 0 for "nothing runs"
  return running.job ? std::clamp(running.share, kBegun, 1.0) : 0;
}

std::string data_uri(const service::Preview& preview) {
  return "data:" + preview.type + ";base64," + base64_encode(preview.bytes);
}

void add_sdapi_progress(Router& router, Studio& studio) {
  add_web_ui_route(router, "GET", "/sdapi/v1/progress",
                   [&studio](const Request& request) { return progress(studio, request); });
  add_web_ui_route(router, "POST", "/sdapi/v1/interrupt", [&studio](const Request&) {
    studio.interrupt();
    return ordered_response(Ordered::object());
  });
  add_web_ui_route(router, "POST", "/sdapi/v1/skip", [&studio](const Request&) {
    studio.skip();
    return ordered_response(Ordered());
  });
}

}  // namespace fude::server
