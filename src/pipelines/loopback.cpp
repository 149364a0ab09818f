#include "pipelines/loopback.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "core/error.h"
#include "core/names.h"
#include "io/images/png_file.h"

namespace fude::pipelines {
namespace {

constexpr int kMostLoops = 32;

// Where on its way the strength is when a share of the loops is made.
double curved(std::string_view curve, double share) {
  constexpr double kQuarterTurn = std::numbers::pi / 2;
  if (same_name(curve, "Aggressive")) return std::sin(share * kQuarterTurn);
  if (same_name(curve, "Lazy")) return 1 - std::cos(share * kQuarterTurn);
  if (same_name(curve, "Linear")) return share;
  fail(ErrorCode::kInvalidArgument, "loopback has the curve '{}', expected Aggressive, Linear or Lazy",
       printable(curve, 40));
}

void check(const GenerationRequest& request, const Loopback& options) {
  if (!starts_from_picture(request)) {
    fail(ErrorCode::kInvalidArgument, "there is no picture to loop over, expected init_images");
  }
  if (request.sd_upscale) {
    fail(ErrorCode::kInvalidArgument, "sd_upscale is given for loopback, expected one of them");
  }
  if (options.loops < 1 || options.loops > kMostLoops) {
    fail(ErrorCode::kInvalidArgument, "loopback of {} loops, expected 1 to {}", options.loops, kMostLoops);
  }
  curved(options.curve, 0);
}

PictureBytes png_of(const io::Image& image) {
  const std::vector<std::byte> bytes = io::encode_png(image);
  return picture_bytes({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

double loop_strength(double first, const Loopback& options, int loop) {
  if (options.loops == 1) return first;
  return first +
         (options.final_strength - first) * curved(options.curve, static_cast<double>(loop) / (options.loops - 1));
}

void run_loopback(PictureModel& model, const GenerationRequest& request, const Loopback& options,
                  const TextToImageEvents& events) {
  check(request, options);
  const int chains = request.batch_size * request.batch_count;
  int pictures = 0, steps_before = 0;
  for (int chain = 0; chain < chains; ++chain) {
    GenerationRequest job = request_of_image(request, chain);
    job.batch_size = job.batch_count = 1;
    job.extra.emplace_back("Final denoising strength", fmt::format("{}", options.final_strength));
    job.extra.emplace_back("Denoising curve", options.curve);
    for (int loop = 0; loop < options.loops; ++loop) {
      job.denoising_strength = loop_strength(acting_strength(request), options, loop);
      bool is_made = false;
      TextToImageEvents own = events;
      // Loops of another strength take other numbers of steps, so what is to come is a guess.
      const int loops_left = (chains - chain) * options.loops - loop;
      int steps = 0;
      own.on_step = [&](int done, int total) {
        steps = total;
        events.on_step(steps_before + done, steps_before + total * loops_left);
      };
      own.on_picture = [&](FinishedPicture picture, const StageSeconds& so_far) {
        is_made = !picture.unfinished_at;
        job.sources.init_images = {png_of(picture.image)};
        picture.index = pictures++;
        if (events.on_picture) events.on_picture(std::move(picture), so_far);
      };
      text_to_image(model, job, own);
      if (!is_made) return;
      steps_before += steps;
      job.seed = request_of_image(job, 1).seed;
      job.inpainting_fill = 1;
    }
  }
}

}  // namespace fude::pipelines
