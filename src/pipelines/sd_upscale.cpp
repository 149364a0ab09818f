#include "pipelines/sd_upscale.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "io/images/composite.h"
#include "pipelines/infotext_values.h"
#include "pipelines/picture_copies.h"
#include "pipelines/picture_preparation.h"
#include "pipelines/picture_tiles.h"
#include "pipelines/pixel_upscaling.h"

namespace fude::pipelines {
namespace {

void check(const GenerationRequest& request) {
  if (!starts_from_picture(request)) {
    fail(ErrorCode::kInvalidArgument, "there is no picture to enlarge, expected init_images");
  }
  if (request.sources.init_images.size() > 1) {
    fail(ErrorCode::kInvalidArgument, "init_images has {} pictures, expected one for SD upscale",
         request.sources.init_images.size());
  }
  if (request.sources.mask) {
    fail(ErrorCode::kInvalidArgument, "mask is given for SD upscale, which makes all of the picture anew");
  }
}

// Counts up whether there is a variation or not, unlike pictures of one job.
std::int64_t seed_after(GenerationRequest request, int steps) {
  request.subseed_strength = 0;
  return request_of_image(request, steps).seed;
}

void add_seconds(StageSeconds& sum, const StageSeconds& more) {
  sum.text += more.text;
  sum.sample += more.sample;
  sum.decode += more.decode;
}

// Behind all that is said of the making, before what made it.
void insert_pair(std::string& infotext, const std::string& pair) {
  infotext.insert(std::min(infotext.rfind(", Version: "), infotext.size()), ", " + pair);
}

class SdUpscale {
 public:
  SdUpscale(PictureModel& model, const GenerationRequest& request, const TextToImageEvents& events)
      : model_(model), request_(request), events_(events) {}

  bool run() {
    enlarge_and_cut();
    for (int i = 0; i < request_.batch_count && next_ != Continuation::kEndJob; ++i) make(i);
    return next_ != Continuation::kEndJob;
  }

 private:
  void enlarge_and_cut() {
    const io::Image given = decode_source(request_.sources.init_images.front(), "init_images[0]");
    const io::Image flat = io::flattened(given, background_of(request_));
    const io::Enlarge enlarge = model_.upscalers->find(request_.sd_upscale_upscaler,
                                                       {.on_tile = [this](std::int64_t, std::int64_t) { ask(); }});
    const io::Image large = enlarge ? enlarge(flat, request_.sd_upscale_scale) : flat;
    if (request_.width == 0) request_.width = request_.height = model_.native_size;
    grid_ = picture_grid(large.width, large.height, request_.width, request_.height, request_.sd_upscale_overlap);
    for (int i = 0; i < grid_.count(); ++i) enlarged_.push_back(tile_of(large, grid_, i));
    batches_ = (grid_.count() + request_.batch_size - 1) / request_.batch_size;
  }

  // What the end of a picture or of the job is asked for with stays known.
  Continuation ask() {
    if (next_ != Continuation::kEndJob) {
      const Continuation answer = events_.continuation();
      if (answer != Continuation::kGoOn) next_ = answer;
    }
    return next_;
  }

  GenerationRequest request_of_tiles() const {
    GenerationRequest tiles = request_;
    tiles.sd_upscale = false;
    tiles.width = grid_.tile_width;
    tiles.height = grid_.tile_height;
    tiles.batch_count = 1;
    tiles.save_images_before_color_correction = false;
    tiles.save_images_before_face_restoration = false;
    if (std::exchange(tiles.save_init_img, false)) {
      tiles.extra.emplace_back("Init image hash", init_picture(request_, 0).md5);
    }
    tiles.extra.emplace_back("SD upscale overlap", fmt::format("{}", request_.sd_upscale_overlap));
    tiles.extra.emplace_back("SD upscale upscaler", request_.sd_upscale_upscaler);
    tiles.extra.emplace_back("SD upscale scale", python_number(request_.sd_upscale_scale));
    return tiles;
  }

  void make(int index) {
    GenerationRequest job = request_of_tiles();
    const std::int64_t first_seed = seed_after(request_, index);
    job.seed = first_seed;
    std::vector<io::Image> tiles = enlarged_;
    FinishedPicture result{.index = index, .request = request_};
    int made = 0;
    next_ = Continuation::kGoOn;
    for (int batch = 0; batch < batches_ && next_ == Continuation::kGoOn; ++batch) {
      batches_left_ = (request_.batch_count - index) * batches_ - batch;
      made += make_batch(job, batch * request_.batch_size, tiles, result);
      job.seed = seed_after(job, 1);
    }
    if (made == 0) return;
    result.request.seed = first_seed;
    result.image = joined_tiles(grid_, tiles);
    result.request.width = result.image.width;
    result.request.height = result.image.height;
    if (made < grid_.count()) {
      result.unfinished_at = steps_before_;
      insert_pair(result.infotext, fmt::format("Unfinished: {}/{} tiles", made, grid_.count()));
    }
    if (request_.save_init_img) result.init = init_picture(request_, 0);
    if (events_.on_picture) events_.on_picture(std::move(result), seconds_);
  }

  // Puts the tiles from `first` on in their places and says how many.
  int make_batch(GenerationRequest job, int first, std::vector<io::Image>& tiles, FinishedPicture& result) {
    const int count = std::min(request_.batch_size, grid_.count() - first);
    job.batch_size = count;
    job.sources.init_images.clear();
    for (int i = first; i < first + count; ++i) {
      job.sources.init_images.push_back(png_of(enlarged_[static_cast<std::size_t>(i)]));
    }
    int made = 0, steps = 0;
    StageSeconds seconds;
    TextToImageEvents own = events_;
    own.continuation = [this] { return ask(); };
    own.on_warning = [this](const std::string& warning) {
      if (told_.insert(warning).second) events_.on_warning(warning);
    };
    own.on_step = [&](int done, int total) {
      steps = done;
      // Batches of fewer tiles may take fewer steps with some samplers, so what is to come is a guess.
      events_.on_step(steps_before_ + done, steps_before_ + total * batches_left_);
    };
    own.on_picture = [&](FinishedPicture picture, const StageSeconds& so_far) {
      seconds = so_far;
      if (picture.unfinished_at) return;
      ++made;
      if (result.infotext.empty()) {
        result.infotext = std::move(picture.infotext);
        result.warnings = std::move(picture.warnings);
      }
      tiles[static_cast<std::size_t>(first + picture.index)] = std::move(picture.image);
    };
    text_to_image(model_, job, own);
    steps_before_ += steps;
    add_seconds(seconds_, seconds);
    return made;
  }

  PictureModel& model_;
  GenerationRequest request_;
  const TextToImageEvents& events_;
  PictureGrid grid_;
  std::vector<io::Image> enlarged_;  // the tiles as they are before they are made anew
  int batches_ = 0, batches_left_ = 0, steps_before_ = 0;
  std::set<std::string> told_;
  StageSeconds seconds_;
  Continuation next_ = Continuation::kGoOn;
};

}  // namespace

bool run_sd_upscale(PictureModel& model, const GenerationRequest& request, const TextToImageEvents& events) {
  check(request);
  const at::NoGradGuard no_grad;
  return SdUpscale(model, request, events).run();
}

}  // namespace fude::pipelines
