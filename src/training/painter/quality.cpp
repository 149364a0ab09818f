#include "training/painter/quality.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fude::painter {
namespace {

constexpr int kSide = kPictureSize;
using Pixels = std::vector<std::uint8_t>;

std::uint8_t to_byte(double value) { return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0l, 255l)); }

/// A smooth random field in [-amplitude, amplitude], from a coarse grid.
class SoftField {
 public:
  SoftField(Random& random, double amplitude) {
    for (double& knot : knots_) knot = random.between(-amplitude, amplitude);
  }
  double at(int x, int y) const {
    const double gx = static_cast<double>(x) / kSide * (kGrid - 1), gy = static_cast<double>(y) / kSide * (kGrid - 1);
    const int x0 = static_cast<int>(gx), y0 = static_cast<int>(gy);
    const double tx = ease(gx - x0), ty = ease(gy - y0);
    const auto knot = [&](int i, int j) { return knots_[j * kGrid + i]; };
    return std::lerp(std::lerp(knot(x0, y0), knot(x0 + 1, y0), tx),
                     std::lerp(knot(x0, y0 + 1), knot(x0 + 1, y0 + 1), tx), ty);
  }

 private:
  static constexpr int kGrid = 14;
  static double ease(double t) { return t * t * (3 - 2 * t); }
  std::array<double, kGrid * kGrid> knots_{};
};

void wobble(Pixels& pixels, Random& random) {
  const SoftField across(random, 5), down(random, 5);
  const Pixels before = pixels;
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x) {
      const int from_x = std::clamp(x + static_cast<int>(std::lround(across.at(x, y))), 0, kSide - 1);
      const int from_y = std::clamp(y + static_cast<int>(std::lround(down.at(x, y))), 0, kSide - 1);
      std::copy_n(&before[(from_y * kSide + from_x) * 3], 3, &pixels[(y * kSide + x) * 3]);
    }
}

void misregister(Pixels& pixels, Random& random) {
  const Pixels before = pixels;
  for (int channel = 0; channel < 3; ++channel) {
    if (channel == 1) continue;
    const int dx = static_cast<int>(random.sign()) * (2 + random.below(3)), dy = random.below(7) - 3;
    for (int y = 0; y < kSide; ++y)
      for (int x = 0; x < kSide; ++x)
        pixels[(y * kSide + x) * 3 + channel] =
            before[(std::clamp(y + dy, 0, kSide - 1) * kSide + std::clamp(x + dx, 0, kSide - 1)) * 3 + channel];
  }
}

/// Coarse blocks, blended: the look of a thumbnail blown up.
void smear(Pixels& pixels, Random& random) {
  const int block = 2 + random.below(2);
  const Pixels before = pixels;
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x)
      for (int channel = 0; channel < 3; ++channel) {
        int sum = 0, count = 0;
        for (int dy = -block; dy <= block; dy += 2)
          for (int dx = -block; dx <= block; dx += 2) {
            const int sx = std::clamp(x + dx, 0, kSide - 1), sy = std::clamp(y + dy, 0, kSide - 1);
            sum += before[(sy * kSide + sx) * 3 + channel];
            ++count;
          }
        pixels[(y * kSide + x) * 3 + channel] = static_cast<std::uint8_t>(sum / count);
      }
}

void add_noise(Pixels& pixels, Random& random) {
  const double deviation = random.between(14, 26);
  for (std::uint8_t& value : pixels) value = to_byte(value + deviation * random.bell());
}

void dull(Pixels& pixels, Random& random) {
  const double contrast = random.between(0.5, 0.62), level = random.between(112, 150);
  for (std::uint8_t& value : pixels) value = to_byte((value - 128) * contrast + level);
}

}  // namespace

Flaws draw_flaws(const Character& character) {
  if (character.quality != Quality::kWorst) return {};
  Random random(character.variation, static_cast<std::uint64_t>(Layer::kQuality));
  Flaws flaws;
  flaws.eye_drop = random.sign() * random.between(4, 9);
  flaws.eye_growth = random.sign() * random.between(0.15, 0.3);
  flaws.face_stretch = random.sign() * random.between(0.05, 0.12);
  flaws.color_slip = random.sign() * random.between(1.5, 3.5);
  return flaws;
}

void spoil(const Character& character, Pixels& pixels) {
  if (character.quality != Quality::kWorst) return;
  Random random(character.variation ^ 0x5eed, static_cast<std::uint64_t>(Layer::kQuality));
  constexpr std::array kFaults{wobble, misregister, smear, add_noise, dull};
  std::array<bool, kFaults.size()> chosen{};
  chosen[random.below(2)] = true;  // lines that stray are in every bad picture
  for (int more = 1 + random.below(2); more > 0; --more) chosen[random.below(static_cast<int>(kFaults.size()))] = true;
  for (std::size_t i = 0; i < kFaults.size(); ++i)
    if (chosen[i]) kFaults[i](pixels, random);
}

}  // namespace fude::painter
