#include "pipelines/picture_jobs.h"

#include <utility>
#include <vector>

namespace fude::pipelines {

LatentRecord run_picture_jobs(PictureModel& model, std::span<const GenerationRequest> jobs,
                              const TextToImageEvents& events) {
  const int count = static_cast<int>(jobs.size());
  std::vector<at::Tensor> noises, latents;
  int pictures = 0;
  for (int job = 0; job < count; ++job) {
    const TextToImageEvents job_events{
        .on_step = [&](int done, int total) { events.on_step(job * total + done, count * total); },
        .on_warning = events.on_warning,
        .on_denoised = events.on_denoised,
        .on_picture =
            [&](FinishedPicture picture, const StageSeconds& so_far) {
              picture.index = pictures++;
              if (events.on_picture) events.on_picture(std::move(picture), so_far);
            },
    };
    LatentRecord record = text_to_image(model, jobs[static_cast<std::size_t>(job)], job_events);
    noises.push_back(std::move(record.noise));
    latents.push_back(std::move(record.latent));
  }
  return {.noise = at::cat(noises), .latent = at::cat(latents)};
}

}  // namespace fude::pipelines
