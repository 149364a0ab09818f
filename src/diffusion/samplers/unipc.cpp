#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>
#include <vector>

#include "diffusion/linear_system.h"
#include "diffusion/samplers/samplers.h"

namespace fude::diffusion {
namespace {

/// A prediction and its time, -log sigma.
struct Point {
  double time;
  at::Tensor denoised;
};

double time_of(double sigma) { return -std::log(sigma); }

/// One step from the newest of some points to `next`. Weights and differences are named as in the paper.
class UniPcStep {
 public:
  UniPcStep(const std::deque<Point>& points, double next, int order, UniPcVariant variant)
      : variant_(variant), order_(static_cast<std::size_t>(order)), newest_(points.front()) {
    const double length = time_of(next) - newest_.time;
    decay_ = std::exp(-length);
    for (std::size_t i = 1; i < order_; ++i) {
      ratios_.push_back((points[i].time - newest_.time) / length);
      differences_.push_back((points[i].denoised - newest_.denoised) / ratios_.back());
    }
    ratios_.push_back(1.0);  // the end of the step
    double phi = std::expm1(-length), factorial = 1.0;
    for (std::size_t k = 1; k <= order_ + 1; ++k) {
      phis_.push_back(phi);
      phi = phi / -length - 1.0 / factorial;
      factorial *= static_cast<double>(k + 1);
    }
    scale_ = variant == UniPcVariant::kBh1 ? -length : phis_[0];
  }

  at::Tensor predict(const at::Tensor& x) const { return base(x) - weighted(predictor_weights(), differences_); }

  /// The same step again, now that its end is known.
  at::Tensor correct(const at::Tensor& x, const at::Tensor& denoised_ahead) const {
    std::vector<at::Tensor> differences = differences_;
    differences.push_back(denoised_ahead - newest_.denoised);
    return base(x) - weighted(corrector_weights(), differences);
  }

 private:
  /// The step of first order.
  at::Tensor base(const at::Tensor& x) const { return x * decay_ - newest_.denoised * phis_[0]; }

  static at::Tensor weighted(const std::vector<double>& weights, const std::vector<at::Tensor>& differences) {
    at::Tensor sum = at::scalar_tensor(0.0);
    for (std::size_t i = 0; i < weights.size(); ++i) sum = sum + differences[i] * weights[i];
    return sum;
  }

  std::vector<double> predictor_weights() const {
    const std::size_t count = order_ - 1;
    if (variant_ == UniPcVariant::kVaryCoeff) return varied(count, count);
    return count == 1 ? std::vector<double>{0.5 * scale_} : solved(count);
  }

  std::vector<double> corrector_weights() const {
    if (variant_ != UniPcVariant::kVaryCoeff) return order_ == 1 ? std::vector<double>{0.5 * scale_} : solved(order_);
    std::vector<double> weights = varied(order_, order_ - 1);
    // The published program takes the last weight from the row before the last.
    const std::size_t row = order_ > 1 ? order_ - 2 : 0;
    weights.back() = phis_[order_] * inverse_row(order_, row).back();
    return weights;
  }

  /// The weights that make the step exact for polynomials of degree `count`, for the first `count` ratios.
  std::vector<double> solved(std::size_t count) const {
    const std::vector<double> ratios(ratios_.begin(), ratios_.begin() + static_cast<long>(count));
    std::vector<double> moments;
    double factorial = 1.0;
    for (std::size_t k = 1; k <= count; ++k) {
      moments.push_back(phis_[k] * factorial);
      factorial *= static_cast<double>(k + 1);
    }
    return quadrature_weights(ratios, moments);
  }

  /// Row `row` of the inverse of the matrix r_j^k / (k+1)!, j and k below `count`.
  std::vector<double> inverse_row(std::size_t count, std::size_t row) const {
    Matrix transposed(count, std::vector<double>(count));
    for (std::size_t j = 0; j < count; ++j) {
      double entry = 1.0;
      for (std::size_t k = 0; k < count; ++k) {
        transposed[k][j] = entry;
        entry *= ratios_[j] / static_cast<double>(k + 2);
      }
    }
    std::vector<double> unit(count, 0.0);
    unit[row] = 1.0;
    return solve_linear_system(std::move(transposed), std::move(unit));
  }

  /// The first `rows` rows of that inverse, each times its phi, added up.
  std::vector<double> varied(std::size_t count, std::size_t rows) const {
    std::vector<double> weights(count, 0.0);
    for (std::size_t row = 0; row < rows; ++row) {
      const std::vector<double> inverse = inverse_row(count, row);
      for (std::size_t j = 0; j < count; ++j) weights[j] += phis_[row + 1] * inverse[j];
    }
    return weights;
  }

  UniPcVariant variant_;
  std::size_t order_;
  const Point& newest_;
  double decay_;                         // next sigma / sigma
  double scale_;                         // B(h)
  std::vector<double> ratios_;           // of the older points' distances to the step, which are negative, then 1
  std::vector<double> phis_;             // h phi_k(h), k from 1
  std::vector<at::Tensor> differences_;  // of the older points' predictions to the newest, divided by the ratios
};

}  // namespace

at::Tensor sample_unipc(const Denoiser& denoise, at::Tensor x, std::span<const double> sigmas,
                        const SamplerContext& context) {
  const UniPcOptions& options = context.options.unipc;
  const int count = static_cast<int>(sigmas.size()) - 1;
  const int highest = std::clamp(options.order, 1, count);
  std::deque<Point> points;  // newest first
  const auto predict = [&](const at::Tensor& latent, int index) {
    const double sigma = sigmas[static_cast<std::size_t>(index)];
    const at::Tensor denoised = denoise(latent, sigma);
    context.on_step({index, count, sigma, denoised});
    return Point{time_of(sigma), denoised};
  };
  points.push_front(predict(x, 0));
  for (int i = 0; i < count; ++i) {
    int order = std::min(highest, i + 1);
    if (options.lowers_order_at_end && order == highest) order = std::min(order, count - i);
    const UniPcStep step(points, sigmas[static_cast<std::size_t>(i) + 1], order, options.variant);
    const at::Tensor ahead = step.predict(x);
    if (i + 1 == count) {
      x = ahead;
      break;
    }
    Point next = predict(ahead, i + 1);
    x = step.correct(x, next.denoised);
    points.push_front(std::move(next));
    if (points.size() > static_cast<std::size_t>(highest)) points.pop_back();
  }
  return variance_preserving(x, sigmas.back());
}

}  // namespace fude::diffusion
