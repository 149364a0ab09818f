#include <algorithm>
#include <string>

#include "pipelines/infotext_writer.h"
#include "server/sdapi_progress.h"
#include "server/sdapi_routes.h"
#include "server/web_ui_route.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using Ordered = nlohmann::ordered_json;
using service::Job;
using service::JobState;
using service::RunningState;
using service::Studio;

constexpr std::size_t kLongestTask = 200;  // bytes
constexpr std::int64_t kFarPreview = 1LL << 62;

Ordered waiting_answer(const std::optional<Job>& job, std::int64_t waiting) {
  const bool is_queued = job && job->state == JobState::kWaiting;
  const std::string text = is_queued ? fmt::format("In queue: {}/{}", job->position, waiting) : "Waiting...";
  return {{"active", false},       {"queued", is_queued}, {"completed", job && service::has_ended(job->state)},
          {"progress", Ordered()}, {"eta", Ordered()},    {"live_preview", Ordered()},
          {"id_live_preview", -1}, {"textinfo", text}};
}

Ordered running_answer(const Studio& studio, const RunningState& running, const JsonObject& body) {
  const std::int64_t seen = body.whole("id_live_preview", -kFarPreview, kFarPreview).value_or(-1);
  const bool wants_preview = body.truth("live_preview").value_or(true);
  const auto preview = wants_preview ? studio.preview() : std::nullopt;
  const auto version = preview ? static_cast<std::int64_t>(preview->version) : -1;
  const bool is_new = preview && version != seen;
  return {{"active", true},
          {"queued", false},
          {"completed", false},
          {"progress", shown_progress(running)},
          {"eta", running.seconds_left < 0 ? Ordered() : Ordered(running.seconds_left)},
          {"live_preview", is_new ? Ordered(data_uri(*preview)) : Ordered()},
          {"id_live_preview", preview ? version : seen},
          {"textinfo", Ordered()}};
}

Response progress(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request, {"id_task"});
  const std::string task = body.text("id_task", kLongestTask).value_or("");
  const RunningState running = studio.running();
  if (running.job && !task.empty() && running.task == task) {
    return ordered_response(running_answer(studio, running, body));
  }
  const auto job = task.empty() ? std::nullopt : studio.queue().find_task(task);
  return ordered_response(waiting_answer(job, studio.queue().counts().waiting));
}

Response pending_tasks(Studio& studio) {
  Ordered tasks = Ordered::array();
  const service::JobPage page = studio.queue().list({.states = {JobState::kWaiting}, .limit = 500});
  for (const Job& job : page.jobs) tasks.push_back(job.task.empty() ? fmt::format("job({})", job.id) : job.task);
  return ordered_response({{"size", page.total}, {"tasks", std::move(tasks)}});
}

// A setting's own id is the best name that it has here.
Response quicksettings() {
  Ordered list = Ordered::array();
  for (const service::SettingRow& row : service::setting_rows()) {
    list.push_back({{"name", row.id}, {"label", row.help.empty() ? row.id : row.help}});
  }
  return ordered_response(list);
}

}  // namespace

void add_internal_routes(Router& router, Studio& studio) {
  add_web_ui_route(router, "POST", "/internal/progress",
                   [&studio](const Request& request) { return progress(studio, request); });
  add_web_ui_route(router, "GET", "/internal/pending-tasks",
                   [&studio](const Request&) { return pending_tasks(studio); });
  add_web_ui_route(router, "GET", "/internal/ping", [](const Request&) { return ordered_response(Ordered::object()); });
  add_web_ui_route(router, "GET", "/internal/quicksettings-hint", [](const Request&) { return quicksettings(); });
  add_web_ui_route(router, "GET", "/internal/sysinfo", [&studio](const Request&) {
    const service::LoadedModel model = studio.loaded();
    return ordered_response({{"Version", pipelines::version_line()},
                             {"Data path", studio.options().data_dir.string()},
                             {"Device", studio.device_name()},
                             {"Precision", studio.precision_name()},
                             {"Threads", studio.thread_count()},
                             {"Model", model.name},
                             {"Model hash", model.hash}});
  });
}

}  // namespace fude::server
