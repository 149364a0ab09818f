#include "pipelines/loopback_request.h"

#include <cmath>
#include <numbers>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/names.h"

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

}  // namespace

double loop_strength(double first, const Loopback& options, int loop) {
  if (options.loops == 1) return first;
  return first +
         (options.final_strength - first) * curved(options.curve, static_cast<double>(loop) / (options.loops - 1));
}

void check_loopback(const GenerationRequest& request, const Loopback& options) {
  if (!starts_from_picture(request)) {
    fail(ErrorCode::kInvalidArgument, "there is no picture to loop over, expected init_images");
  }
  if (request.sd_upscale) {
    fail(ErrorCode::kInvalidArgument, "sd_upscale is given for loopback, expected one of them");
  }
  if (options.loops < 1 || options.loops > kMostLoops) {
    fail(ErrorCode::kInvalidArgument, "loopback of {} loops, expected 1 to {}", options.loops, kMostLoops);
  }
  if (!(options.final_strength >= 0 && options.final_strength <= 1)) {
    fail(ErrorCode::kInvalidArgument, "loopback has the final strength {}, expected 0..1", options.final_strength);
  }
  curved(options.curve, 0);
}

GenerationRequest first_loop(const GenerationRequest& request, const Loopback& options, int chain) {
  GenerationRequest job = request_of_image(request, chain);
  job.batch_size = job.batch_count = 1;
  job.denoising_strength = loop_strength(acting_strength(request), options, 0);
  job.extra.emplace_back("Final denoising strength", fmt::format("{}", options.final_strength));
  job.extra.emplace_back("Denoising curve", options.curve);
  return job;
}

GenerationRequest next_loop(GenerationRequest before, const io::Image& made, double first, const Loopback& options,
                            int loop) {
  before.sources.init_images = {png_of(made)};
  before.denoising_strength = loop_strength(first, options, loop);
  before.seed = request_of_image(before, 1).seed;
  before.inpainting_fill = 1;
  return before;
}

}  // namespace fude::pipelines
