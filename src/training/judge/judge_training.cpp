#include "training/judge/judge_training.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "training/judge/picture_pool.h"
#include "training/judge/targets.h"
#include "training/optimizers.h"

namespace fude::judge {
namespace {

std::vector<training::Parameter> trained_parameters(Network& network) {
  std::vector<training::Parameter> parameters;
  network.for_each_tensor([&](const std::string& name, at::Tensor& tensor, bool is_trained) {
    if (is_trained) parameters.push_back({name, tensor.set_requires_grad(true)});
  });
  return parameters;
}

training::UpdateRule rule_of(const training::Parameter& parameter) {
  const bool is_hidden = !parameter.name.starts_with("stem.") && !parameter.name.starts_with("heads.");
  return is_hidden && parameter.value.dim() > 1 ? training::UpdateRule::kMuon : training::UpdateRule::kAdamW;
}

/// Takes the gradients away from the parameters.
std::vector<at::Tensor> take_gradients(const std::vector<training::Parameter>& parameters) {
  std::vector<at::Tensor> gradients;
  for (const training::Parameter& parameter : parameters)
    gradients.push_back(std::exchange(at::Tensor(parameter.value).mutable_grad(), at::Tensor()));
  return gradients;
}

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

/// Linear warm-up over the first steps, then half a cosine over all.
double rate_factor(std::int64_t step, std::int64_t steps) {
  const double warm = std::min(1.0, static_cast<double>(step + 1) / 40);
  const double share = static_cast<double>(step) / static_cast<double>(steps);
  return warm * std::max(0.01, 0.5 * (1 + std::cos(std::numbers::pi * share)));
}

}  // namespace

Network train_judge(Network network, const TrainingOptions& options, const Cancellation& cancellation,
                    const std::function<void(const TrainingProgress&)>& on_step) {
  const std::vector<training::Parameter> parameters = trained_parameters(network);
  training::Optimizer optimizer(parameters, rule_of,
                                {.muon_rate = options.rate, .adamw_rate = options.rate / 2, .weight_decay = 0.02});
  training::WorkerPool worker(1);
  PicturePool pool(options.seed, options.pool);
  painter::Random random(options.seed, 1);
  pool.refresh(4 * options.batch);
  TrainingProgress progress;
  while (progress.step < options.steps && !cancellation.is_requested()) {
    pool.refresh(options.fresh);
    const Batch batch = pool.draw(options.batch, random);
    const at::Tensor loss =
        mean_cross_entropy(network, network.forward(batch.pictures, Mode::kTraining), batch.targets);
    loss.backward();
    optimizer.step(worker, take_gradients(parameters), rate_factor(progress.step, options.steps));
    const double now = loss.item<double>();
    progress.loss = progress.step == 0 ? now : std::lerp(progress.loss, now, 0.05);
    ++progress.step;
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
