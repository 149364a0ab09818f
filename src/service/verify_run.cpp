#include "service/verify_run.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "pipelines/request_json.h"
#include "pipelines/verification.h"
#include "service/gallery.h"
#include "service/job_kinds.h"
#include "service/verifications.h"

namespace fude::service {
namespace {

// Nothing where its job has none, or is forgotten.
std::vector<Source> sources_of(const JobSources& sources, const Picture& picture) {
  if (picture.job == 0) return {};
  try {
    return sources.read(picture.job);
  } catch (const Error&) {
    return {};
  }
}

// The picture of its job that one was made from by feeding it back; absent: it was made from what was sent.
std::optional<pipelines::PictureBytes> fed_back(const RunnerParts& parts, const Picture& picture) {
  if (picture.job == 0) return std::nullopt;
  try {
    const Job job = parts.queue.find(picture.job);
    if (job.kind != kTextToImageKind) return std::nullopt;
    const auto loopback = pipelines::parse_request(job.request).loopback;
    if (!loopback || picture.index % loopback->loops == 0) return std::nullopt;
    for (const JobPicture& made : parts.queue.pictures_of(job.id)) {
      if (made.index == picture.index - 1 && made.picture)
        return pipelines::read_picture_bytes(parts.pictures.path_of(*made.picture));
    }
  } catch (const Error&) {  // the job is forgotten, or that picture is gone
  }
  return std::nullopt;
}

void take_sources_of(const JobSources& sources, const Picture& picture, pipelines::VerificationOrder& order) {
  std::vector<pipelines::PictureBytes> inits;
  for (const Source& source : sources_of(sources, picture)) {
    if (source.member == "init_images") inits.push_back(source.bytes);
    if (source.member == "mask") order.mask = source.bytes;
    if (source.member == "firstpass_image") order.init = source.bytes;
  }
  if (!inits.empty()) order.init = inits[static_cast<std::size_t>(picture.index) % inits.size()];
}

bool is_same(const pipelines::EngineOptions& a, const pipelines::EngineOptions& b) {
  return a.type == b.type && a.device == b.device && a.multiplies_int8 == b.multiplies_int8;
}

}  // namespace

void run_verification(Workbench& bench, const Job& job) {
  const RunnerParts& parts = bench.parts();
  const pipelines::VerificationRequest request = pipelines::parse_verification_request(job.request);
  const std::optional<Picture> picture = parts.gallery.find(request.picture);
  if (!picture) fail(ErrorCode::kNotFound, "there is no picture {}", request.picture);
  bench.enter("verifying");
  pipelines::VerificationOrder order{.file = pipelines::read_picture_bytes(parts.gallery.path_of(*picture)),
                                     .name = picture->file,
                                     .within = request.within};
  take_sources_of(parts.sources, *picture, order);
  if (auto init = fed_back(parts, *picture)) order.init = *std::move(init);
  const pipelines::EngineProfile usual = profile_of(parts.engine);
  std::optional<pipelines::PictureModel> own;  // one in another precision, or with files by other names
  const pipelines::VerificationTools tools{
      .wishes = {.device = parts.engine.device.is_cpu() ? "cpu" : "auto"},
      .take_model = [&](const pipelines::ModelLibrary& library, const pipelines::GenerationRequest& wanted,
                        const pipelines::EngineOptions& engine) -> pipelines::PictureModel& {
        const bool has_own_kernels = profile_of(engine) == usual;  // not those of a lesser processor
        if (is_same(engine, parts.engine) && has_own_kernels && !library.is_renamed()) return bench.take_model(wanted);
        bench.forget_models();  // there may not be room for both
        bench.tell_loaded([](LoadedModel& loaded) { loaded = {}; });
        return own.emplace(load_picture_model(library, wanted, engine));
      },
      .on_file = [&](const std::filesystem::path&) { bench.note_share(job, 0, 1); },
      .on_step = [&](int done, int total) { bench.note_share(job, done, total); }};
  pipelines::Verification answer = verify_picture(parts.library, order, tools);
  for (std::string& note : answer.notes) note = without_folder(std::move(note), parts.data_dir);
  parts.verifications.keep(*picture, answer);
}

}  // namespace fude::service
