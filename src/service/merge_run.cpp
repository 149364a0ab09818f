#include "service/merge_run.h"

#include "pipelines/merge_request.h"
#include "pipelines/recipe_models.h"

namespace fude::service {

void run_merge(Workbench& bench, const Job& job) {
  bench.meter().enter("merging");
  const pipelines::ModelLibrary& library = bench.parts().library;
  const pipelines::MergeRequest request = pipelines::parse_merge_request(job.request);
  const pipelines::RecipeModels models = pipelines::open_recipe(request.recipe, library);
  const merging::MergeReport report =
      merging::merge_models(models.parents, models.options, pipelines::merged_model_place(request.name, library),
                            {.on_progress = [&](std::string_view, std::size_t done, std::size_t total) {
                              bench.note_share(job, static_cast<std::int64_t>(done), static_cast<std::int64_t>(total));
                            }});
  bench.parts().queue.add_warnings(job.id, report.warnings);
  bench.parts().on_new_model();
}

}  // namespace fude::service
