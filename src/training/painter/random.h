#pragma once

#include <cstdint>
#include <span>

namespace fude::painter {

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers on every machine and library, unlike std:: distributions.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// An independent stream for each (seed, stream) pair.
  Random(std::uint64_t seed, std::uint64_t stream) : state_(Random(seed ^ (stream * 0xd1342543de82ef95ull)).next()) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// Uniform in [low, high).
  double between(double low, double high) { return low + (high - low) * unit(); }
  /// Uniform in 0..count-1; count > 0.
  int below(int count) { return static_cast<int>(unit() * count); }
  bool chance(double probability) { return unit() < probability; }
  /// -1 or +1.
  double sign() { return chance(0.5) ? 1.0 : -1.0; }
  /// Roughly normal, mean 0, standard deviation 1: the sum of four uniforms, scaled.
  double bell() { return (unit() + unit() + unit() + unit() - 2.0) * 1.7320508075688772; }
  /// An index drawn in proportion to its weight; at least one weight must be positive.
  int weighted(std::span<const double> weights) {
    double total = 0;
    for (double weight : weights) total += weight;
    double left = unit() * total;
    int last = 0;
    for (int i = 0; i < static_cast<int>(weights.size()); ++i) {
      if (weights[i] <= 0) continue;
      last = i;
      left -= weights[i];
      if (left < 0) break;
    }
    return last;
  }

 private:
  std::uint64_t state_;
};

}  // namespace fude::painter
