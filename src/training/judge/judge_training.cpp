#include "training/judge/judge_training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include "training/judge/picture_pool.h"
#include "training/judge/targets.h"

namespace fude::judge {
namespace {

/// AdamW (Loshchilov & Hutter 2019, algorithm 2); matrices and kernels decay, norms and biases do not.
class AdamW {
 public:
  explicit AdamW(Network& network) {
    network.for_each_tensor([&](const std::string&, at::Tensor& tensor, bool is_trained) {
      if (is_trained)
        slots_.push_back({tensor.set_requires_grad(true), at::zeros_like(tensor), at::zeros_like(tensor)});
    });
  }

  /// Uses up the gradients.
  void step(double rate) {
    const at::NoGradGuard no_gradients;
    ++steps_;
    const double bias1 = 1 - std::pow(kBeta1, steps_), bias2 = 1 - std::pow(kBeta2, steps_);
    for (Slot& slot : slots_) {
      at::Tensor& gradient = slot.value.mutable_grad();
      slot.first.mul_(kBeta1).add_(gradient, 1 - kBeta1);
      slot.second.mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
      if (slot.value.dim() > 1) slot.value.mul_(1 - rate * kDecay);
      slot.value.addcdiv_(slot.first, (slot.second / bias2).sqrt_().add_(1e-8), -rate / bias1);
      gradient = at::Tensor();
    }
  }

 private:
  static constexpr double kBeta1 = 0.9, kBeta2 = 0.99, kDecay = 0.05;
  struct Slot {
    at::Tensor value, first, second;
  };
  std::vector<Slot> slots_;
  std::int64_t steps_ = 0;
};

at::Tensor mean_cross_entropy(const Network& network, const at::Tensor& logits, const at::Tensor& targets) {
  at::Tensor sum = at::zeros({});
  const std::size_t groups = network.answer_counts().size();
  for (std::size_t group = 0; group < groups; ++group) {
    const at::Tensor target = targets.select(1, static_cast<std::int64_t>(group));
    if (target.eq(kNotShown).all().item<bool>()) continue;
    sum = sum + at::cross_entropy_loss(network.head(logits, group), target, {}, at::Reduction::Mean, kNotShown);
  }
  return sum / static_cast<double>(groups);
}

/// Linear warm-up over the first steps, then half a cosine over the time.
double rate_factor(std::int64_t step, double share) {
  const double warm = std::min(1.0, static_cast<double>(step + 1) / 40);
  return warm * std::max(0.01, 0.5 * (1 + std::cos(std::numbers::pi * share)));
}

}  // namespace

Network train_judge(const TrainingOptions& options, const Cancellation& cancellation,
                    const std::function<void(const TrainingProgress&)>& on_step) {
  using Clock = std::chrono::steady_clock;
  Network network(answer_counts(), options.seed);
  AdamW optimizer(network);
  PicturePool pool(options.seed, options.pool);
  painter::Random random(options.seed, 1);
  pool.refresh(4 * options.batch);
  TrainingProgress progress;
  const auto start = Clock::now();
  while (progress.share < 1 && !cancellation.is_requested()) {
    pool.refresh(options.fresh);
    const Batch batch = pool.draw(options.batch, random);
    const at::Tensor loss =
        mean_cross_entropy(network, network.forward(batch.pictures, Mode::kTraining), batch.targets);
    loss.backward();
    optimizer.step(options.rate * rate_factor(progress.step, progress.share));
    const double now = loss.item<double>();
    progress.loss = progress.step == 0 ? now : std::lerp(progress.loss, now, 0.05);
    ++progress.step;
    progress.share =
        std::min(1.0, std::chrono::duration<double>(Clock::now() - start).count() / (60 * options.minutes));
    on_step(progress);
  }
  network.for_each_tensor([](const std::string&, at::Tensor& tensor, bool) { tensor.set_requires_grad(false); });
  return network;
}

Accuracy examine(const Network& network, std::uint64_t seed, std::int64_t count) {
  Accuracy accuracy;
  constexpr std::int64_t kBatch = 50;
  for (std::int64_t first = 0; first < count; first += kBatch) {
    const Batch batch = paint_batch(seed, static_cast<std::uint64_t>(first), std::min(kBatch, count - first));
    accuracy.add(network.answers(to_input(batch.pictures)), batch.targets);
  }
  return accuracy;
}

}  // namespace fude::judge
