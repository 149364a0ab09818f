#include "server/api_values.h"

#include "pipelines/json_value.h"
#include "server/error_response.h"

namespace fude::server {
namespace {

template <typename Value>
void set_if(Json& json, const char* name, const Value& value, bool is_said) {
  if (is_said) json[name] = value;
}

// What a job was asked for is stored as a text that was checked when it came. Pictures that it begins with are left
// out, and lists of prompts: lists and events would carry megabytes each.
Json request_of(const service::Job& job) {
  Json request = Json::parse(job.request, nullptr, /*allow_exceptions=*/false);
  if (!request.is_object()) return Json::object();
  for (const char* picture : {"init_images", "mask", "latent_mask", "firstpass_image", "image", "lines"})
    request.erase(picture);
  return request;
}

}  // namespace

Json to_json(const service::Job& job) {
  Json json{{"id", job.id},
            {"kind", job.kind},
            {"state", service::name_of(job.state)},
            {"priority", job.priority},
            {"created_at", job.created_at},
            {"pictures_wanted", job.pictures_wanted},
            {"pictures_done", job.pictures_done},
            {"pictures", job.pictures},
            {"warnings", job.warnings},
            {"was_interrupted", job.was_interrupted},
            {"request", request_of(job)}};
  set_if(json, "position", job.position, job.position > 0);
  set_if(json, "origin", job.origin, !job.origin.empty());
  set_if(json, "started_at", job.started_at, job.started_at > 0);
  set_if(json, "finished_at", job.finished_at, job.finished_at > 0);
  set_if(json, "error", job.error, !job.error.empty());
  return json;
}

Json to_json(const service::Picture& picture) {
  Json json{{"id", picture.id},
            {"file", picture.file},
            {"width", picture.width},
            {"height", picture.height},
            {"byte_count", picture.byte_count},
            {"created_at", picture.created_at},
            {"prompt", picture.prompt},
            {"negative_prompt", picture.negative_prompt},
            {"model", picture.model},
            {"model_hash", picture.model_hash},
            {"sampler", picture.sampler},
            {"seed", picture.seed},
            {"steps", picture.steps},
            {"cfg_scale", picture.cfg_scale},
            {"adapters", picture.adapters},
            {"tags", picture.tags},
            {"rating", picture.rating},
            {"note", picture.note},
            {"infotext", picture.infotext},
            {"in_bin", picture.deleted_at.has_value()}};
  set_if(json, "job", picture.job, picture.job > 0);
  return json;
}

Json to_json(const service::LoadedModel& model) {
  Json json{{"checkpoint", model.checkpoint},
            {"vae", model.vae},
            {"is_loaded", model.is_loaded},
            {"is_loading", model.is_loading},
            {"adapters", model.adapters}};
  set_if(json, "family", model.family, !model.family.empty());
  set_if(json, "native_size", model.native_size, model.native_size > 0);
  set_if(json, "bytes", model.bytes, model.is_loaded);
  return json;
}

Json to_json(const service::QueueCounts& counts) {
  Json json{{"paused", counts.is_paused}, {"waiting", counts.waiting}};
  if (counts.running) json["running"] = *counts.running;
  return json;
}

Json to_json(const service::Progressed& progress) {
  Json json{{"active", true},
            {"job", progress.job},
            {"picture", progress.picture},
            {"pictures", progress.pictures},
            {"step", progress.step},
            {"steps", progress.steps},
            {"share", progress.share}};
  set_if(json, "stage", progress.stage, !progress.stage.empty());
  set_if(json, "seconds_left", progress.seconds_left, progress.seconds_left >= 0);
  return json;
}

Json to_json(const service::RunningState& state) {
  if (!state.job) return {{"active", false}};
  Json json = to_json(service::Progressed{.job = *state.job,
                                          .picture = state.picture,
                                          .pictures = state.pictures,
                                          .step = state.step,
                                          .steps = state.steps,
                                          .share = state.share,
                                          .seconds_left = state.seconds_left,
                                          .stage = state.stage});
  set_if(json, "preview", state.preview, state.preview > 0);
  return json;
}

Json to_json(const pipelines::FieldValue& value) { return pipelines::value_to_json(value); }

pipelines::FieldValue to_field_value(std::string_view name, const Json& value) {
  if (std::optional<pipelines::FieldValue> scalar = pipelines::value_from_json(value)) return *std::move(scalar);
  throw HttpError(400, fmt::format("{} is a JSON {}, expected one value", printable(name, 60), value.type_name()),
                  printable(name, 60));
}

}  // namespace fude::server
