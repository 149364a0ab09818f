#include "pipelines/speed_measurement.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "io/images/png_file.h"
#include "models/operation_count.h"
#include "ops/cpu/packed_matrix.h"
#include "pipelines/text_to_image.h"

namespace fude::pipelines {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

RunSeconds run_once(PictureModel& model, const GenerationRequest& request,
                    const std::function<void(int done, int total)>& on_step) {
  RunSeconds seconds;
  std::vector<Clock::time_point> marks;
  const Clock::time_point start = Clock::now();
  text_to_image(model, request,
                {.on_step =
                     [&](int done, int total) {
                       marks.push_back(Clock::now());
                       on_step(done, total);
                     },
                 .on_picture =
                     [&](const FinishedPicture& picture, const StageSeconds& stages) {
                       io::encode_png(picture.image);
                       seconds.picture = seconds_between(start, Clock::now());
                       seconds.text = stages.text;
                       seconds.decode = stages.decode;
                     }});
  Clock::time_point before =
      start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds.text));
  for (const Clock::time_point mark : marks)
    seconds.steps.push_back(seconds_between(std::exchange(before, mark), mark));
  return seconds;
}

void count_operations(const PictureModel& model, const GenerationRequest& request, SpeedReport& report) {
  const models::StableDiffusionConfig& config = model.networks.config;
  const int64_t cell = config.autoencoder.downscale();
  models::LatentShape latent{.batch = 1, .height = report.height / cell, .width = report.width / cell};
  report.decode_operations = models::decoder_operations(config.autoencoder, latent);
  latent.batch = request.cfg_scale == 1.0 ? 1 : 2;
  report.step_operations = models::unet_operations(config.unet, latent);
}

double best(const std::vector<RunSeconds>& runs, double RunSeconds::*stage) {
  double least = runs.empty() ? 0 : runs.front().*stage;
  for (const RunSeconds& run : runs) least = std::min(least, run.*stage);
  return least;
}

std::vector<double> sorted_steps(const std::vector<RunSeconds>& runs) {
  std::vector<double> steps;
  for (const RunSeconds& run : runs) steps.insert(steps.end(), run.steps.begin(), run.steps.end());
  std::ranges::sort(steps);
  return steps;
}

}  // namespace

double SpeedReport::step() const {
  const std::vector<double> steps = sorted_steps(runs);
  return steps.empty() ? 0 : steps[steps.size() / 2];
}

double SpeedReport::best_step() const {
  const std::vector<double> steps = sorted_steps(runs);
  return steps.empty() ? 0 : steps.front();
}

double SpeedReport::text() const { return best(runs, &RunSeconds::text); }
double SpeedReport::decode() const { return best(runs, &RunSeconds::decode); }
double SpeedReport::picture() const { return best(runs, &RunSeconds::picture); }

SpeedReport measure_speed(const ModelLibrary& library, const GenerationRequest& request, const EngineOptions& engine,
                          int runs, const std::function<void(int done, int total)>& on_step) {
  SpeedReport report;
  const Clock::time_point start = Clock::now();
  PictureModel model = load_picture_model(library, request, engine);
  report.load = seconds_between(start, Clock::now());
  report.model = model.name;
  report.precision = precision_name(engine);
  report.width = request.width > 0 ? request.width : model.native_size;
  report.height = request.height > 0 ? request.height : model.native_size;
  report.packed_weights_bytes = ops::cpu::packed_weights_bytes();
  count_operations(model, request, report);
  for (int run = 0; run < runs; ++run) {
    report.runs.push_back(
        run_once(model, request, [&](int done, int total) { on_step(run * total + done, runs * total); }));
  }
  return report;
}

}  // namespace fude::pipelines
