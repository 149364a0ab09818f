#include "training/judge/judge_training.h"

#include <algorithm>
#include <cmath>
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
  const bool is_hidden = parameter.value.dim() == 4 && !parameter.name.starts_with("stem.");
  return is_hidden ? training::UpdateRule::kMuon : training::UpdateRule::kAdamW;
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

/// Linear warm-up over the first steps, the full rate for a while, then straight down to nothing.
double rate_factor(std::int64_t step, const TrainingOptions& options) {
  const double warm = std::min(1.0, static_cast<double>(step + 1) / 40);
  const double left = static_cast<double>(options.steps - step) / static_cast<double>(options.steps);
  return warm * std::min(1.0, left / (1 - options.hold));
}

}  // namespace

Network train_judge(Network network, const TrainingOptions& options, const Cancellation& cancellation,
                    const TrainingObserver& on_step) {
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
        mean_cross_entropy(network, network.forward(batch.pictures.to(at::kBFloat16), Mode::kTraining), batch.targets);
    loss.backward();
    optimizer.step(worker, take_gradients(parameters), rate_factor(progress.step, options));
    const double now = loss.item<double>();
    progress.loss = progress.step == 0 ? now : std::lerp(progress.loss, now, 0.05);
    ++progress.step;
    on_step(progress, network);
  }
  network.for_each_tensor([](const std::string&, at::Tensor& tensor, bool) { tensor.set_requires_grad(false); });
  return network;
}

Examination examine(const Network& network, std::uint64_t seed, std::int64_t count) {
  Examination examination;
  constexpr std::int64_t kBatch = 50;
  for (std::int64_t first = 0; first < count; first += kBatch) {
    const Batch batch = paint_batch(seed, static_cast<std::uint64_t>(first), std::min(kBatch, count - first));
    const at::Tensor answers = network.answers(to_input(batch.pictures));
    const at::Tensor good = is_good(batch.targets).nonzero().squeeze(1);
    examination.all.add(answers, batch.targets);
    examination.good.add(answers.index_select(0, good), batch.targets.index_select(0, good));
  }
  return examination;
}

}  // namespace fude::judge
