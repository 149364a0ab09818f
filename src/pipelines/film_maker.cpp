#include "pipelines/film_maker.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "io/images/fit.h"
#include "pipelines/picture_coding.h"

namespace fude::pipelines {
namespace {

constexpr int kLongestSide = 4096;  // of films

// RGB in the film's size.
io::Image as_frame(const io::Image& image, int width, int height) {
  if (image.width == width && image.height == height) return image;
  return io::fit(image, width, height, io::FitMode::kStretch);
}

}  // namespace

FilmPreview film_preview_from(std::string_view name) {
  if (name == "approx") return FilmPreview::kApprox;
  if (name == "full") return FilmPreview::kFull;
  fail(ErrorCode::kInvalidArgument, "film preview is '{}', expected approx or full", printable(name, 40));
}

FilmMaker::FilmMaker(const ModelLibrary& library, const PictureModel& model, const FilmOptions& options)
    : model_(model), options_(options) {
  io::make_film_writer(options.format, 64, 64, options.timing);  // says now what cannot be
  if (options.preview == FilmPreview::kApprox) draw_ = preview_drawer(library, model);
}

void FilmMaker::add_step(const at::Tensor& denoised) {
  if (std::exchange(is_batch_done_, false)) {
    steps_.clear();
    stride_ = 1;
    seen_ = 0;
    place_ = 0;
  }
  if (seen_++ % stride_ != 0) return;
  steps_.push_back(denoised.to(at::kCPU, at::kHalf, /*non_blocking=*/false, /*copy=*/true));
  if (steps_.size() < kMostSteps) return;
  for (std::size_t i = 1; 2 * i < steps_.size(); ++i) steps_[i] = std::move(steps_[2 * i]);
  steps_.resize((steps_.size() + 1) / 2);
  stride_ *= 2;
}

std::vector<std::byte> FilmMaker::film_of(const FinishedPicture& picture) {
  is_batch_done_ = true;
  const int place = place_++;
  const int longest = std::max(picture.image.width, picture.image.height);
  const double shrink = std::min(1.0, static_cast<double>(kLongestSide) / longest);
  const int width = std::max(2, static_cast<int>(picture.image.width * shrink));
  const int height = std::max(2, static_cast<int>(picture.image.height * shrink));
  const auto film = io::make_film_writer(options_.format, width, height, options_.timing);
  for (const at::Tensor& step : steps_) {
    const at::Tensor latent = step.narrow(0, std::min<std::int64_t>(place, step.size(0) - 1), 1);
    film->add(as_frame(drawn(latent.to(model_.engine.device, at::kFloat), picture), width, height));
  }
  film->add(as_frame(picture.image, width, height));
  return film->finish();
}

io::Image FilmMaker::drawn(const at::Tensor& latent, const FinishedPicture& picture) const {
  if (draw_) return draw_(latent);
  return to_image(decode_latent(model_, picture.request, latent, [](const std::string&) {}));
}

}  // namespace fude::pipelines
