#include "service/upscale_run.h"

#include <ctime>

#include "pipelines/infotext.h"
#include "pipelines/stored_text.h"
#include "pipelines/upscale_order.h"
#include "service/picture_run.h"
#include "service/request_sources.h"
#include "service/saving_settings.h"
#include "service/upscaled_file.h"

namespace fude::service {
namespace {

// The picture says what it was before it was enlarged, too.
pipelines::NamingFacts naming_facts(std::span<const std::byte> file, const Job& job) {
  const std::string text = pipelines::read_stored_text(file, "upscaled").infotext.value_or("");
  pipelines::NamingFacts facts{.infotext = pipelines::parse_infotext(text),
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
  const pipelines::SavingOptions options = saving_options(parts.settings);
  const pipelines::NamingFacts facts = naming_facts(bytes, job);
  const std::string stem = options.name_pattern.empty() ? "upscaled" : saving_name(options, facts, "-upscaled");
  parts.pictures.save({.job = job.id,
                       .index = 0,
                       .name = {.stem = stem, .ending = ".png", .is_numbered = options.is_numbered},
                       .bytes = bytes},
                      bench.picture_folder("extras-images", facts));
}

}  // namespace fude::service
