#include "pipelines/color_correction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace fude::pipelines {
namespace {

using Triple = std::array<double, 3>;
using Bytes = std::array<std::uint8_t, 3>;

// D65, sRGB primaries (IEC 61966-2-1).
constexpr Triple kWhite{0.950456, 1.0, 1.088754};
constexpr double kLinearEnd = 0.008856, kSlope = 7.787, kOffset = 16.0 / 116.0;

double linear(double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); }

double curved(double value) { return value <= 0.0031308 ? value * 12.92 : 1.055 * std::pow(value, 1 / 2.4) - 0.055; }

double root(double value) { return value > kLinearEnd ? std::cbrt(value) : kSlope * value + kOffset; }

double cube(double value) {
  const double cubed = value * value * value;
  return cubed > kLinearEnd ? cubed : (value - kOffset) / kSlope;
}

std::uint8_t to_byte(double value) { return static_cast<std::uint8_t>(std::clamp(std::round(value), 0.0, 255.0)); }

// L*, a*, b* as bytes: L * 255 / 100, a + 128, b + 128.
Bytes lab_from_rgb(const std::uint8_t* rgb) {
  const Triple c{linear(rgb[0] / 255.0), linear(rgb[1] / 255.0), linear(rgb[2] / 255.0)};
  const double x = root((0.412453 * c[0] + 0.357580 * c[1] + 0.180423 * c[2]) / kWhite[0]);
  const double luminance = 0.212671 * c[0] + 0.715160 * c[1] + 0.072169 * c[2];
  const double y = root(luminance);
  const double z = root((0.019334 * c[0] + 0.119193 * c[1] + 0.950227 * c[2]) / kWhite[2]);
  return {to_byte((116 * y - 16) * 2.55), to_byte(500 * (x - y) + 128), to_byte(200 * (y - z) + 128)};
}

Bytes rgb_from_lab(const Triple& lab) {
  const double y = (lab[0] / 2.55 + 16) / 116;
  const double x = cube(y + (lab[1] - 128) / 500) * kWhite[0], z = cube(y - (lab[2] - 128) / 200) * kWhite[2];
  const double g = cube(y);
  const Triple rgb{3.240479 * x - 1.53715 * g - 0.498535 * z, -0.969256 * x + 1.875991 * g + 0.041556 * z,
                   0.055648 * x - 0.204043 * g + 1.057311 * z};
  Bytes bytes;
  for (std::size_t c = 0; c < 3; ++c) bytes[c] = to_byte(255 * curved(std::clamp(rgb[c], 0.0, 1.0)));
  return bytes;
}

/// How often each byte occurs, added up from 0.
using Distribution = std::array<double, 256>;

Distribution distribution(const std::vector<Bytes>& pixels, std::size_t channel) {
  Distribution shares{};
  for (const Bytes& pixel : pixels) shares[pixel[channel]] += 1.0 / static_cast<double>(pixels.size());
  for (std::size_t i = 1; i < shares.size(); ++i) shares[i] += shares[i - 1];
  return shares;
}

// For every byte the value that as many of the target's lie below, between the target's bytes where need be.
std::array<double, 256> matching(const Distribution& own, const Distribution& target) {
  std::array<double, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    double value = 0, share = 0;
    for (std::size_t i = 0; i < target.size(); ++i) {
      if (i > 0 && target[i] == target[i - 1]) continue;  // does not occur
      if (i == 0 && target[i] == 0) continue;
      if (target[i] >= own[byte]) {
        const double step = target[i] - share;
        const double part = share == 0 || step <= 0 ? 1 : (own[byte] - share) / step;
        value += (static_cast<double>(i) - value) * part;
        break;
      }
      value = static_cast<double>(i);
      share = target[i];
    }
    table[byte] = value;
  }
  return table;
}

std::vector<Bytes> lab_pixels(const io::Image& image) {
  std::vector<Bytes> pixels;
  pixels.reserve(image.pixels.size() / 3);
  for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3) pixels.push_back(lab_from_rgb(image.pixels.data() + i));
  return pixels;
}

double lightness(const Triple& rgb) { return 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2]; }

// `colour` at the lightness of `base`, both in [0,1] (W3C Compositing and Blending, "luminosity").
Triple at_lightness(Triple colour, double wanted) {
  const double more = wanted - lightness(colour);
  for (double& c : colour) c += more;
  const double light = lightness(colour);
  const auto [low, high] = std::minmax({colour[0], colour[1], colour[2]});
  const double lowest = low, highest = high;
  for (double& c : colour) {
    if (lowest < 0 && light > lowest) c = light + (c - light) * light / (light - lowest);
    if (highest > 1 && highest > light) c = light + (c - light) * (1 - light) / (highest - light);
  }
  return colour;
}

}  // namespace

io::Image color_corrected(const io::Image& image, const io::Image& target) {
  const std::vector<Bytes> own = lab_pixels(image), wanted = lab_pixels(target);
  std::array<std::array<double, 256>, 3> tables;
  for (std::size_t c = 0; c < 3; ++c) tables[c] = matching(distribution(own, c), distribution(wanted, c));
  io::Image result = image;
  for (std::size_t i = 0; i < own.size(); ++i) {
    std::uint8_t* pixel = result.pixels.data() + i * 3;
    const Bytes matched = rgb_from_lab({tables[0][own[i][0]], tables[1][own[i][1]], tables[2][own[i][2]]});
    const double light = lightness({pixel[0] / 255.0, pixel[1] / 255.0, pixel[2] / 255.0});
    const Triple mixed = at_lightness({matched[0] / 255.0, matched[1] / 255.0, matched[2] / 255.0}, light);
    for (std::size_t c = 0; c < 3; ++c) pixel[c] = to_byte(255 * mixed[c]);
  }
  return result;
}

}  // namespace fude::pipelines
