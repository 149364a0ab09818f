#include <cmath>

#include "diffusion/schedules/schedules.h"

namespace fude::diffusion {
namespace {

/// The continued fraction of the incomplete beta function (NIST DLMF 8.17.22), by Lentz's method; converges fast for
/// x < (a + 1) / (a + b + 2).
double beta_fraction(double x, double a, double b) {
  constexpr double kTiny = 1e-300, kPrecision = 1e-15;
  constexpr int kMaxTerms = 500;
  const auto guarded = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double numerator = 1.0;
  double denominator = 1.0 / guarded(1.0 - (a + b) * x / (a + 1.0));
  double value = denominator;
  for (int m = 1; m <= kMaxTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    denominator = 1.0 / guarded(1.0 + even * denominator);
    numerator = guarded(1.0 + even / numerator);
    value *= denominator * numerator;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    denominator = 1.0 / guarded(1.0 + odd * denominator);
    numerator = guarded(1.0 + odd / numerator);
    value *= denominator * numerator;
    if (std::abs(denominator * numerator - 1.0) < kPrecision) break;
  }
  return value;
}

/// The probability that a beta-distributed number is below x (NIST DLMF 8.17).
double beta_probability(double x, double a, double b) {
  if (x <= 0.0) return 0.0;
  if (x >= 1.0) return 1.0;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1.0) / (a + b + 2.0)) return front * beta_fraction(x, a, b) / a;
  return 1.0 - front * beta_fraction(1.0 - x, b, a) / b;
}

}  // namespace

double beta_quantile(double share, double alpha, double beta) {
  if (share <= 0.0) return 0.0;
  if (share >= 1.0) return 1.0;
  constexpr int kHalvings = 200;  // more than a double has bits, also near 0
  double low = 0.0, high = 1.0;
  for (int i = 0; i < kHalvings && low < high; ++i) {
    const double middle = (low + high) / 2;
    (beta_probability(middle, alpha, beta) < share ? low : high) = middle;
  }
  return high;
}

std::vector<double> beta_sigmas(const ModelSchedule& /*model*/, int steps, const ScheduleOptions& options) {
  std::vector<double> sigmas;
  for (int i = 0; i < steps; ++i) {
    const double share = steps > 1 ? 1.0 - static_cast<double>(i) / (steps - 1) : 1.0;
    const double quantile = beta_quantile(share, options.beta_alpha, options.beta_beta);
    sigmas.push_back(static_cast<float>(options.sigma_min + quantile * (options.sigma_max - options.sigma_min)));
  }
  sigmas.push_back(0.0);
  return sigmas;
}

}  // namespace fude::diffusion
