#include "pipelines/pixel_upscaling.h"

#include "core/error.h"
#include "core/names.h"
#include "io/images/resample.h"

namespace fude::pipelines {
namespace {

io::Image enlarged_by_nearest(const io::Image& image, double factor) {
  return io::resample(image, static_cast<int>(image.width * factor), static_cast<int>(image.height * factor),
                      io::ResampleFilter::kNearest);
}

}  // namespace

io::Enlarge find_enlarger(const PictureModel& /*model*/, const std::string& name) {
  if (same_name(name, "None") || same_name(name, "Lanczos")) return {};
  if (same_name(name, "Nearest")) return enlarged_by_nearest;
  fail(ErrorCode::kNotFound, "no upscaler is called '{}', expected Lanczos, Nearest or a latent one such as 'Latent'",
       printable(name, 60));
}

}  // namespace fude::pipelines
