#include <optional>

#include "pipelines/request_json.h"
#include "server/api_routes.h"
#include "server/api_values.h"
#include "server/error_response.h"
#include "server/query.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using service::Job;
using service::JobState;
using service::Studio;

std::vector<JobState> states_of(std::string_view list) {
  std::vector<JobState> states;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    states.push_back(service::job_state_from(list.substr(0, end)));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return states;
}

Response list_jobs(Studio& studio, const Request& request) {
  const Query query(request);
  service::JobQuery wanted;
  if (const auto states = query.text("state", 200)) wanted.states = states_of(*states);
  wanted.before = query.whole("before", 0, INT64_MAX).value_or(0);
  wanted.after = static_cast<int>(query.whole("after", 0, INT32_MAX).value_or(0));
  wanted.limit = static_cast<int>(query.whole("limit", 1, 500).value_or(100));
  const service::JobPage page = studio.queue().list(wanted);
  Json jobs = Json::array();
  for (const Job& job : page.jobs) jobs.push_back(to_json(job));
  return json_response({{"jobs", std::move(jobs)}, {"total", page.total}});
}

Response submit(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request, {"kind", "request"});
  body.allow_only({"kind", "request", "priority", "count"});
  service::NewJob job;
  job.kind = *body.choice("kind", {"txt2img"});
  job.request = body.object("request")->dump();
  if (job.request.size() > pipelines::kLongestRequest) {
    throw HttpError(
        413, fmt::format("request has {} bytes, expected at most {}", job.request.size(), pipelines::kLongestRequest),
        "request");
  }
  job.priority = static_cast<int>(body.whole("priority", -100, 100).value_or(0));
  job.origin = "studio";
  const auto count = body.whole("count", 1, 100).value_or(1);
  for (std::int64_t i = 1; i < count; ++i) studio.submit(job);
  return json_response(to_json(studio.submit(job)), 201);
}

// Only jobs that wait have a place in the line.
void require_waiting(const Job& job) {
  if (job.state == JobState::kWaiting) return;
  throw HttpError(409, fmt::format("job {} is {}, only a waiting one can be moved", job.id, name_of(job.state)));
}

Response change(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request);
  body.allow_only({"position", "priority"});
  const auto position = body.whole("position", 1, INT32_MAX);
  const auto priority = body.whole("priority", -100, 100);
  Job job = studio.queue().find(id_of(request));
  require_waiting(job);
  if (priority) job = studio.queue().set_priority(job.id, static_cast<int>(*priority));
  if (position) job = studio.queue().move(job.id, static_cast<int>(*position));
  return json_response(to_json(job));
}

Response repeat(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request);
  body.allow_only({"new_seed"});
  return json_response(to_json(studio.repeat(id_of(request), body.truth("new_seed").value_or(true))), 201);
}

Response change_queue(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request, {"paused"});
  body.allow_only({"paused"});
  if (*body.truth("paused")) {
    studio.queue().pause();
  } else {
    studio.queue().resume();
  }
  return json_response(to_json(studio.queue().counts()));
}

Response preview(const Studio& studio) {
  auto preview = studio.preview();
  if (!preview) return {.status = 204};
  return {.body = std::string(reinterpret_cast<const char*>(preview->bytes.data()), preview->bytes.size()),
          .content_type = std::move(preview->type)};
}

}  // namespace

void add_job_routes(Router& router, Studio& studio) {
  router.add("GET", "/api/v1/jobs", [&](const Request& request) { return list_jobs(studio, request); });
  router.add("POST", "/api/v1/jobs", [&](const Request& request) { return submit(studio, request); });
  router.add("GET", "/api/v1/jobs/{id}",
             [&](const Request& request) { return json_response(to_json(studio.queue().find(id_of(request)))); });
  router.add("PATCH", "/api/v1/jobs/{id}", [&](const Request& request) { return change(studio, request); });
  router.add("DELETE", "/api/v1/jobs/{id}",
             [&](const Request& request) { return json_response(to_json(studio.cancel(id_of(request)))); });
  router.add("POST", "/api/v1/jobs/{id}/repeat", [&](const Request& request) { return repeat(studio, request); });
  router.add("GET", "/api/v1/queue", [&](const Request&) { return json_response(to_json(studio.queue().counts())); });
  router.add("PATCH", "/api/v1/queue", [&](const Request& request) { return change_queue(studio, request); });
  router.add("POST", "/api/v1/interrupt", [&](const Request&) {
    studio.interrupt();
    return json_response(Json::object());
  });
  router.add("POST", "/api/v1/skip", [&](const Request&) {
    studio.skip();
    return json_response(Json::object());
  });
  router.add("GET", "/api/v1/progress", [&](const Request&) { return json_response(to_json(studio.running())); });
  router.add("GET", "/api/v1/preview", [&](const Request&) { return preview(studio); });
}

}  // namespace fude::server
