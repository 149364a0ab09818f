#include "service/upscale_run.h"

#include "pipelines/upscale_order.h"
#include "service/picture_run.h"
#include "service/request_sources.h"
#include "service/upscaled_file.h"

namespace fude::service {

void run_upscale(Workbench& bench, const Job& job) {
  const RunnerParts& parts = bench.parts();
  bench.meter().enter("upscaling");
  parts.queue.set_pictures_wanted(job.id, 1);
  if (!finished_indices(parts.queue.pictures_of(job.id)).empty()) return;
  const std::vector<std::byte> bytes =
      upscaled_file(pipelines::parse_upscale_order(job.request, upscaled_source(parts.sources.read(job.id))),
                    {.library = parts.library, .engine = parts.engine, .outputs = parts.data_dir / "outputs"},
                    [&](std::int64_t done, std::int64_t total) { bench.note_share(job, done, total); });
  if (!job.saves_pictures) {
    parts.results.add(job.id, {.index = 0, .bytes = bytes});
    parts.queue.count_picture(job.id);
    return;
  }
  bench.meter().enter("saving");
  parts.pictures.save(
      {.job = job.id, .index = 0, .name = {.stem = "upscaled", .ending = ".png", .is_numbered = true}, .bytes = bytes},
      bench.picture_folder("extras-images"));
}

}  // namespace fude::service
