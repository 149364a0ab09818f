#include "pipelines/outpainting.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/error.h"
#include "io/images/composite.h"
#include "pipelines/inpaint_mask.h"

namespace fude::pipelines {
namespace {

using io::Image;

constexpr int kCell = 8;

/// What is added on each side, in pixels; negative: cut off, to come to whole cells.
struct Margins {
  int left = 0, right = 0, up = 0, down = 0;
};

// Shares what is missing to whole cells between the sides that grow.
void share_out(int side, bool before, bool after, int pixels, int& start, int& end) {
  start = before ? pixels : 0;
  end = after ? pixels : 0;
  const int total = side + start + end;
  const int rest = (total + kCell - 1) / kCell * kCell - total;
  if (after) {
    end += rest;
  } else if (before) {
    start += rest;
  } else {
    end = side / kCell * kCell - side;
  }
}

void check(const GenerationRequest& request, const Outpainting& options) {
  if (!starts_from_picture(request)) {
    fail(ErrorCode::kInvalidArgument, "there is no picture to enlarge, expected init_images");
  }
  if (request.sources.mask) fail(ErrorCode::kInvalidArgument, "mask is given for outpainting, which makes its own");
  if (!options.left && !options.right && !options.up && !options.down) {
    fail(ErrorCode::kInvalidArgument, "outpainting has no side, expected left, right, up or down");
  }
  if (options.pixels < kCell || options.pixels > 1024) {
    fail(ErrorCode::kInvalidArgument, "outpainting by {} pixels, expected {} to 1024", options.pixels, kCell);
  }
  if (options.mask_blur < 0 || options.mask_blur > 256) {
    fail(ErrorCode::kInvalidArgument, "outpainting has a mask blur of {}, expected 0 to 256", options.mask_blur);
  }
  if (!(options.fall_off >= 0 && options.fall_off <= 4)) {
    fail(ErrorCode::kInvalidArgument, "outpainting has a fall-off of {}, expected 0 to 4", options.fall_off);
  }
  if (!(options.color_variation >= 0 && options.color_variation <= 1)) {
    fail(ErrorCode::kInvalidArgument, "outpainting has a colour variation of {}, expected 0 to 1",
         options.color_variation);
  }
}

// How far outside of 0..length - 1 a place lies.
int outside(int place, int length) { return place < 0 ? -place : std::max(place - length + 1, 0); }

int mirrored(int place, int length) {
  if (length == 1) return 0;
  while (place < 0 || place >= length) place = place < 0 ? -place : 2 * length - 2 - place;
  return place;
}

// A number in [-1, 1) that depends on seed and place alone (splitmix64).
double noise_at(std::uint64_t seed, std::uint64_t place) {
  std::uint64_t z = seed + (place + 1) * 0x9E3779B97F4A7C15ULL;
  z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ z >> 27U) * 0x94D049BB133111EBULL;
  return static_cast<double>((z ^ z >> 31U) >> 40U) * 0x1p-23 - 1;
}

/// The larger picture on its way.
class Ground {
 public:
  Ground(const Image& picture, const Margins& margins)
      : picture_(picture),
        margins_(margins),
        width_(picture.width + margins.left + margins.right),
        height_(picture.height + margins.up + margins.down) {}

  int width() const { return width_; }
  int height() const { return height_; }

  // White where it is new, and so far into the picture.
  Image mask(int reach) const {
    Image mask{.width = width_, .height = height_, .channels = 1, .pixels = {}};
    for (int y = 0; y < height_; ++y) {
      for (int x = 0; x < width_; ++x) mask.pixels.push_back(is_new(x, y, reach) ? 255 : 0);
    }
    return mask;
  }

  Image start(const Outpainting& options, std::uint64_t seed) const {
    Image ground = io::crop(picture_, -margins_.left, -margins_.up, width_, height_);
    const Image blurred = filled(ground, mask(0));
    for (int y = 0; y < height_; ++y) {
      for (int x = 0; x < width_; ++x) {
        if (is_new(x, y, 0)) paint(ground, blurred, x, y, options, seed);
      }
    }
    return ground;
  }

 private:
  // Within `reach` of a side that grew.
  bool is_new(int x, int y, int reach) const {
    const auto begins = [&](int margin) { return margin > 0 ? margin + reach : 0; };
    return x < begins(margins_.left) || y < begins(margins_.up) || x >= width_ - begins(margins_.right) ||
           y >= height_ - begins(margins_.down);
  }

  void paint(Image& ground, const Image& blurred, int x, int y, const Outpainting& options, std::uint64_t seed) const {
    const int column = x - margins_.left, row = y - margins_.up;
    const double away = std::hypot(outside(column, picture_.width), outside(row, picture_.height)) / options.pixels;
    const double share = std::pow(std::max(1 - away, 0.0), options.fall_off);
    const auto from =
        (static_cast<std::size_t>(mirrored(row, picture_.height)) * static_cast<std::size_t>(picture_.width) +
         static_cast<std::size_t>(mirrored(column, picture_.width))) *
        3;
    const auto to = (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)) * 3;
    for (std::size_t c = 0; c < 3; ++c) {
      const double colour = picture_.pixels[from + c] * share + blurred.pixels[to + c] * (1 - share);
      const double noise = 255 * options.color_variation * noise_at(seed, to + c);
      ground.pixels[to + c] = static_cast<std::uint8_t>(std::clamp(colour + noise, 0.0, 255.0));
    }
  }

  const Image& picture_;
  Margins margins_;
  int width_, height_;
};

}  // namespace

GenerationRequest outpainting_request(GenerationRequest request, const Outpainting& options) {
  constexpr double kUsualStrength = 0.8;
  check(request, options);
  const Image picture = io::flattened(decode_source(request.sources.init_images.front(), "init_images[0]"), {});
  Margins margins;
  share_out(picture.width, options.left, options.right, options.pixels, margins.left, margins.right);
  share_out(picture.height, options.up, options.down, options.pixels, margins.up, margins.down);
  const Ground ground(picture, margins);
  request.sources.init_images = {png_of(ground.start(options, static_cast<std::uint64_t>(request.seed)))};
  request.sources.mask = png_of(ground.mask(options.mask_blur));
  request.width = ground.width();
  request.height = ground.height();
  request.mask_blur = options.mask_blur;
  request.mask_blur_x = request.mask_blur_y = -1;
  request.inpainting_mask_invert = false;
  request.inpaint_full_res = false;
  if (request.inpainting_fill == 0) request.inpainting_fill = 1;  // filled already
  request.denoising_strength = request.denoising_strength.value_or(kUsualStrength);
  return request;
}

}  // namespace fude::pipelines
