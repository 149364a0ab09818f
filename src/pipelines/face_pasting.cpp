#include "pipelines/face_pasting.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace fude::pipelines {
namespace {

constexpr double kTemplateSide = 512;
// Eyes, nose and mouth's corners of an upright face of 512 pixels.
constexpr std::array<io::PicturePoint, 5> kTemplate{{{192.98138, 239.94708},
                                                     {318.90277, 240.1936},
                                                     {256.63416, 314.01935},
                                                     {201.26117, 371.41043},
                                                     {313.08905, 371.15118}}};

/// Part of a picture, in pixels; right and bottom lie beyond it.
struct Region {
  int left = 0, top = 0, right = 0, bottom = 0;

  int width() const { return right - left; }
  int height() const { return bottom - top; }
};

// What a face's square may touch, and a pixel more.
Region touched(const io::AffineMap& to_picture, int side, const io::Image& picture) {
  const double end = side;
  double left = picture.width, top = picture.height, right = 0, bottom = 0;
  for (const io::PicturePoint& corner : {io::PicturePoint{-1, -1}, {end, -1}, {-1, end}, {end, end}}) {
    const io::PicturePoint at = to_picture(corner);
    left = std::min(left, at.x);
    top = std::min(top, at.y);
    right = std::max(right, at.x);
    bottom = std::max(bottom, at.y);
  }
  const auto within = [](double at, int length) { return static_cast<int>(std::clamp<double>(at, 0, length)); };
  return {.left = within(std::floor(left) - 1, picture.width),
          .top = within(std::floor(top) - 1, picture.height),
          .right = within(std::ceil(right) + 2, picture.width),
          .bottom = within(std::ceil(bottom) + 2, picture.height)};
}

/// How much of the face's colours is there (its square's edges fall between pixels), and how much of it shows.
struct Shares {
  io::SoftMask present, shown;
};

// The edge is as wide as a twentieth of the square.
Shares square_shares(const io::AffineMap& to_face, int side, const Region& region) {
  constexpr int kEdgeShare = 20;
  const io::SoftMask square = io::warped(io::even_mask(side, side, 1), to_face, region.width(), region.height());
  Shares shares{.present = io::eroded(square, 2), .shown = {}};
  const double area = std::accumulate(shares.present.shares.begin(), shares.present.shares.end(), 0.0);
  const int edge = static_cast<int>(std::sqrt(area)) / kEdgeShare;
  // OpenCV's sigma for so many values.
  const double sigma = 0.3 * (edge - 1) + 0.8;
  shares.shown = io::blurred(io::eroded(shares.present, 2 * edge), 2 * edge + 1, sigma);
  return shares;
}

Shares parsed_shares(const io::SoftMask& mask, const io::AffineMap& to_face, const Region& region) {
  return {.present = io::even_mask(region.width(), region.height(), 1),
          .shown = io::warped(mask, to_face, region.width(), region.height())};
}

int scaled_to(int side, double length) { return static_cast<int>(std::lround(length * side / kTemplateSide)); }

}  // namespace

std::optional<io::AffineMap> upright_map(const models::DetectedFace& face, int side) {
  std::vector<io::PicturePoint> from, to;
  for (std::size_t i = 0; i < kTemplate.size(); ++i) {
    from.push_back({.x = face.landmarks[i].x, .y = face.landmarks[i].y});
    to.push_back({.x = kTemplate[i].x * side / kTemplateSide, .y = kTemplate[i].y * side / kTemplateSide});
  }
  const auto map = io::similarity_between(from, to);
  return map && map->inverse() ? map : std::nullopt;
}

io::SoftMask parsed_mask(const std::vector<bool>& is_face, int side) {
  constexpr double kReach = 50, kSigma = 11, kFrame = 10;  // pixels of a face of 512
  io::SoftMask mask = io::even_mask(side, side, 0);
  for (std::size_t i = 0; i < is_face.size(); ++i) mask.shares[i] = is_face[i] ? 1.0F : 0.0F;
  const int taps = 2 * scaled_to(side, kReach) + 1;
  const double sigma = kSigma * side / kTemplateSide;
  mask = io::blurred(io::blurred(mask, taps, sigma), taps, sigma);
  const int frame = scaled_to(side, kFrame);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const bool is_frame = std::min({x, y, side - 1 - x, side - 1 - y}) < frame;
      if (is_frame) mask.shares[static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + x] = 0;
    }
  }
  return mask;
}

void paste_face(io::Image& picture, const io::Image& face, const io::AffineMap& to_face,
                const std::optional<io::SoftMask>& mask) {
  const std::optional<io::AffineMap> to_picture = to_face.inverse();
  if (!to_picture) return;
  const Region region = touched(*to_picture, face.width, picture);
  if (region.width() <= 0 || region.height() <= 0) return;
  const io::AffineMap local = to_face.after_shift(region.left, region.top);
  const io::Image back = io::warped(face, local, region.width(), region.height(), {.red = 0, .green = 0, .blue = 0});
  const Shares shares = mask ? parsed_shares(*mask, local, region) : square_shares(local, face.width, region);
  for (int y = 0; y < region.height(); ++y) {
    for (int x = 0; x < region.width(); ++x) {
      const std::size_t from = static_cast<std::size_t>(y) * static_cast<std::size_t>(region.width()) + x;
      const float shown = shares.shown.shares[from], present = shares.present.shares[from];
      if (shown <= 0) continue;
      std::uint8_t* const pixel =
          &picture.pixels[3 * (static_cast<std::size_t>(region.top + y) * static_cast<std::size_t>(picture.width) +
                               static_cast<std::size_t>(region.left + x))];
      for (std::size_t c = 0; c < 3; ++c) {
        const float face_colour = present * static_cast<float>(back.pixels[3 * from + c]);
        const float colour = shown * face_colour + (1 - shown) * static_cast<float>(pixel[c]);
        pixel[c] = static_cast<std::uint8_t>(std::clamp(std::lround(colour), 0L, 255L));
      }
    }
  }
}

}  // namespace fude::pipelines
