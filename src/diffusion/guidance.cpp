#include "diffusion/guidance.h"

#include <algorithm>
#include <utility>

namespace fude::diffusion {
namespace {

bool have_equal_length(const std::vector<Conditioning>& all) {
  return std::ranges::all_of(
      all, [&](const Conditioning& one) { return one.context.size(1) == all.front().context.size(1); });
}

// What holds for one picture, for each of `batch` pictures.
Conditioning repeated(const Conditioning& one, int64_t batch) {
  Conditioning each{.context = one.context.expand({batch, -1, -1})};
  if (one.vector.defined()) each.vector = one.vector.expand({batch, -1});
  return each;
}

Conditioning joined(const std::vector<Conditioning>& all) {
  std::vector<at::Tensor> contexts, vectors;
  for (const Conditioning& one : all) {
    contexts.push_back(one.context);
    if (one.vector.defined()) vectors.push_back(one.vector);
  }
  Conditioning together{.context = at::cat(contexts)};
  if (!vectors.empty()) together.vector = at::cat(vectors);
  return together;
}

}  // namespace

GuidedDenoiser::GuidedDenoiser(Network network, const ModelSchedule& schedule, ContextsAt contexts_at,
                               GuidanceOptions options)
    : network_(std::move(network)),
      schedule_(&schedule),
      contexts_at_(std::move(contexts_at)),
      options_(options),
      call_(options.first_call) {}

bool GuidedDenoiser::leaves_out_negative(const Contexts& contexts, double sigma) const {
  if (options_.skip_early_fraction > 0 && call_ <= options_.skip_early_fraction * options_.total_calls) return true;
  const bool is_turn = call_ % 2 == 1 || options_.is_min_uncond_on_all;
  if (is_turn && options_.min_uncond_sigma > 0 && sigma < options_.min_uncond_sigma) return true;
  // At scale 1 the negative prompt cancels out.
  return options_.scale == 1 && contexts.positive.size() == 1 && contexts.positive.front().weight == 1;
}

at::Tensor GuidedDenoiser::denoise_batch(const at::Tensor& x, double sigma, const Conditioning& conditioning) const {
  const double timestep =
      options_.quantizes_timesteps ? schedule_->nearest_timestep(sigma) : schedule_->timestep_from_sigma(sigma);
  const at::Tensor t = at::full({x.size(0)}, timestep, x.options().dtype(at::kFloat));
  const Preconditioning scale = preconditioning(options_.prediction, sigma);
  const at::Tensor output = network_(x * scale.in, t, conditioning);
  return x * scale.skip + output.to(x.scalar_type()) * scale.out;
}

std::vector<at::Tensor> GuidedDenoiser::denoise(const at::Tensor& x, double sigma,
                                                const std::vector<Conditioning>& all) const {
  const int64_t batch = x.size(0);
  const auto count = static_cast<int64_t>(all.size());
  std::vector<Conditioning> expanded;
  for (const Conditioning& one : all) expanded.push_back(repeated(one, batch));
  if (options_.batches_contexts && count > 1 && have_equal_length(all)) {
    return denoise_batch(x.repeat({count, 1, 1, 1}), sigma, joined(expanded)).split(batch);
  }
  std::vector<at::Tensor> denoised;
  for (const Conditioning& each : expanded) denoised.push_back(denoise_batch(x, sigma, each));
  return denoised;
}

at::Tensor GuidedDenoiser::operator()(const at::Tensor& x, double sigma) {
  const Contexts contexts = contexts_at_(call_);
  const bool is_guided = !leaves_out_negative(contexts, sigma);
  ++call_;

  std::vector<Conditioning> all;
  for (const Contexts::Part& part : contexts.positive) all.push_back(part.conditioning);
  if (is_guided) all.push_back(contexts.negative);
  const std::vector<at::Tensor> denoised = denoise(x, sigma, all);

  // Without the negative half, the first part stands in for it.
  const at::Tensor& base = is_guided ? denoised.back() : denoised.front();
  at::Tensor result = base;
  for (std::size_t i = 0; i < contexts.positive.size(); ++i) {
    result = result + (denoised[i] - base) * (contexts.positive[i].weight * options_.scale);
  }
  return result;
}

}  // namespace fude::diffusion
