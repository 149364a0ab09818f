#include "service/upscale_run.h"

#include <ctime>
#include <utility>

#include "pipelines/infotext.h"
#include "pipelines/upscale_order.h"
#include "service/picture_run.h"
#include "service/request_sources.h"
#include "service/saving_settings.h"
#include "service/upscaled_file.h"

namespace fude::service {
namespace {

// The picture says what it was before it was enlarged, too.
pipelines::NamingFacts naming_facts(const std::string& infotext, const Job& job) {
  pipelines::NamingFacts facts{.infotext = pipelines::parse_infotext(infotext),
                               .saved_at = std::time(nullptr),
                               .job_started_at = job.started_at / 1000};
  if (const auto* value = facts.infotext.find("Seed")) {
    if (const auto* seed = std::get_if<std::int64_t>(value)) facts.seed = *seed;
  }
  return facts;
}

}  // namespace

void run_upscale(Workbench& bench, const Job& job) {
  const RunnerParts& parts = bench.parts();
  bench.meter().enter("upscaling");
  parts.queue.set_pictures_wanted(job.id, 1);
  if (!finished_indices(parts.queue.pictures_of(job.id)).empty()) return;
  const pipelines::SavingOptions options = saving_options(parts.settings);
  UpscaledFile made =
      upscaled_file(pipelines::parse_upscale_order(job.request, upscaled_source(parts.sources.read(job.id))),
                    {.library = parts.library, .engine = parts.engine, .outputs = parts.data_dir / "outputs"}, options,
                    [&](std::int64_t done, std::int64_t total) { bench.note_share(job, done, total); });
  if (!job.saves_pictures) {
    parts.results.add(job.id, {.index = 0, .bytes = std::move(made.file.bytes), .infotext = std::move(made.done)});
    parts.queue.count_picture(job.id);
    return;
  }
  bench.meter().enter("saving");
  const pipelines::NamingFacts facts = naming_facts(made.infotext, job);
  const std::string stem = options.name_pattern.empty() ? "upscaled" : saving_name(options, facts, "-upscaled");
  parts.pictures.save({.job = job.id,
                       .index = 0,
                       .name = {.stem = stem,
                                .ending = std::string(io::file_ending(made.file.format)),
                                .is_numbered = options.is_numbered},
                       .bytes = made.file.bytes},
                      std::filesystem::path("extras-images") / saving_folder(options, facts));
}

}  // namespace fude::service
