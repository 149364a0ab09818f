#include "pipelines/picture_jobs.h"

#include <utility>
#include <vector>

#include "pipelines/sd_upscale.h"

namespace fude::pipelines {

LatentRecord run_picture_jobs(PictureModel& model, std::span<const GenerationRequest> jobs,
                              const TextToImageEvents& events) {
  int batches = 0;
  for (const GenerationRequest& job : jobs) batches += job.batch_count;
  std::vector<at::Tensor> noises, latents;
  int pictures = 0, batches_before = 0;
  for (const GenerationRequest& job : jobs) {
    const TextToImageEvents job_events{
        .on_step =
            [&](int done, int total) {
              const int steps = total / job.batch_count;
              events.on_step(batches_before * steps + done, batches * steps);
            },
        .on_warning = events.on_warning,
        .on_denoised = events.on_denoised,
        .continuation = events.continuation,
        .on_picture =
            [&](FinishedPicture picture, const StageSeconds& so_far) {
              picture.index = pictures++;
              if (events.on_picture) events.on_picture(std::move(picture), so_far);
            },
    };
    if (events.continuation() == Continuation::kEndJob) break;
    if (job.sd_upscale) {
      if (!run_sd_upscale(model, job, job_events)) break;
      batches_before += job.batch_count;
      continue;
    }
    LatentRecord record = text_to_image(model, job, job_events);
    if (!record.latent.defined()) break;
    batches_before += job.batch_count;
    noises.push_back(std::move(record.noise));
    latents.push_back(std::move(record.latent));
  }
  if (latents.empty()) return {};
  return {.noise = at::cat(noises), .latent = at::cat(latents)};
}

}  // namespace fude::pipelines
