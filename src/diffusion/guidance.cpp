#include "diffusion/guidance.h"

#include <algorithm>
#include <cmath>
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

ConsistencyBlend consistency_blend(double timestep) {
  constexpr double kDeviation = 0.5, kTimeScale = 10.0;
  const double time = timestep * kTimeScale;
  const double variance = time * time + kDeviation * kDeviation;
  return {.denoised = time / std::sqrt(variance), .x = kDeviation * kDeviation / variance};
}

GuidedDenoiser::GuidedDenoiser(Network network, const ModelSchedule& schedule, ContextsAt contexts_at,
                               GuidanceOptions options)
    : network_(std::move(network)),
      schedule_(&schedule),
      contexts_at_(std::move(contexts_at)),
      options_(std::move(options)),
      call_(options_.first_call) {}

bool GuidedDenoiser::leaves_out_negative(const Contexts& contexts, double sigma) const {
  if (options_.skip_early_fraction > 0 && call_ <= options_.skip_early_fraction * options_.total_calls) return true;
  const bool is_turn = call_ % 2 == 1 || options_.is_min_uncond_on_all;
  if (is_turn && options_.min_uncond_sigma > 0 && sigma < options_.min_uncond_sigma) return true;
  if (options_.keeps_unguided) return false;
  // At scale 1 the negative prompt cancels out.
  return options_.scale == 1 && contexts.positive.size() == 1 && contexts.positive.front().weight == 1;
}

double GuidedDenoiser::timestep_of(double sigma) const {
  return options_.quantizes_timesteps ? schedule_->nearest_timestep(sigma) : schedule_->timestep_from_sigma(sigma);
}

at::Tensor GuidedDenoiser::denoise_batch(const Network& network, const at::Tensor& x, double sigma,
                                         const Conditioning& conditioning) const {
  const at::Tensor t = at::full({x.size(0)}, timestep_of(sigma), x.options().dtype(at::kFloat));
  const Preconditioning scale = preconditioning(options_.prediction, sigma);
  const at::Tensor output = network(x * scale.in, t, conditioning);
  return x * scale.skip + output.to(x.scalar_type()) * scale.out;
}

std::vector<at::Tensor> GuidedDenoiser::denoise(const at::Tensor& x, double sigma,
                                                const std::vector<Conditioning>& all) const {
  const int64_t batch = x.size(0);
  const auto count = static_cast<int64_t>(all.size());
  std::vector<Conditioning> expanded;
  for (const Conditioning& one : all) expanded.push_back(repeated(one, batch));
  if (options_.batches_contexts && count > 1 && have_equal_length(all)) {
    return denoise_batch(network_, x.repeat({count, 1, 1, 1}), sigma, joined(expanded)).split(batch);
  }
  std::vector<at::Tensor> denoised;
  for (const Conditioning& each : expanded) denoised.push_back(denoise_batch(network_, x, sigma, each));
  return denoised;
}

at::Tensor GuidedDenoiser::combined(const Contexts& contexts, const std::vector<at::Tensor>& denoised,
                                    bool is_guided) const {
  // Without the negative half, the first part stands in for it.
  const at::Tensor& base = is_guided ? denoised.back() : denoised.front();
  at::Tensor result = base, unscaled = base;
  for (std::size_t i = 0; i < contexts.positive.size(); ++i) {
    const double weight = contexts.positive[i].weight;
    const at::Tensor difference = denoised[i] - base;
    result = result + difference * (weight * options_.scale);
    if (options_.rescale > 0 || options_.threshold.is_on) unscaled = unscaled + difference * weight;
  }
  if (!is_guided) return result;
  if (options_.threshold.is_on)
    result = threshold_guidance(base, unscaled - base, options_.scale, progress(), options_.threshold);
  if (options_.rescale > 0) result = rescale_guidance(result, unscaled, options_.rescale);
  return result;
}

at::Tensor GuidedDenoiser::away_from_perturbed(const at::Tensor& x, double sigma, const Contexts& contexts,
                                               const at::Tensor& positive) const {
  const Conditioning words = repeated(contexts.positive.front().conditioning, x.size(0));
  const at::Tensor spoiled = denoise_batch(options_.perturbed, x, sigma, words);
  return (positive - spoiled) * options_.perturbed_scale;
}

at::Tensor GuidedDenoiser::away_from_blurred(const at::Tensor& x, double sigma, const Contexts& contexts,
                                             const at::Tensor& unguided) const {
  const int64_t batch = x.size(0);
  const at::Tensor map = options_.attention_map();
  // The negative prompt is always the last of a call.
  const at::Tensor blurred = blur_attended(unguided, map.narrow(0, map.size(0) - batch, batch),
                                           options_.self_attention_threshold, options_.self_attention_blur);
  const at::Tensor noisy = x - unguided + blurred;
  const at::Tensor denoised = denoise_batch(network_, noisy, sigma, repeated(contexts.negative, batch));
  return (blurred - denoised) * options_.self_attention_scale;
}

double GuidedDenoiser::progress() const {
  return std::clamp((call_ - 1.0) / std::max(options_.total_calls - 1, 1), 0.0, 1.0);
}

GuidedDenoiser::Prediction GuidedDenoiser::predict(const at::Tensor& x, double sigma, const Contexts& contexts,
                                                   bool is_guided) const {
  std::vector<Conditioning> all;
  for (const Contexts::Part& part : contexts.positive) all.push_back(part.conditioning);
  if (is_guided) all.push_back(contexts.negative);
  const std::vector<at::Tensor> denoised = denoise(x, sigma, all);

  at::Tensor result = combined(contexts, denoised, is_guided);
  if (is_guided && options_.self_attention_scale != 0)
    result = result + away_from_blurred(x, sigma, contexts, denoised.back());
  if (is_guided && options_.picture_scale != 1) {
    const at::Tensor unseen = denoise_batch(options_.blind, x, sigma, repeated(contexts.negative, x.size(0)));
    result = result + (denoised.back() - unseen) * (options_.picture_scale - 1);
  }
  if (options_.perturbed_scale != 0) result = result + away_from_perturbed(x, sigma, contexts, denoised.front());
  if (options_.is_consistency_model) {
    const ConsistencyBlend blend = consistency_blend(timestep_of(sigma));
    result = result * blend.denoised + x * blend.x;
  }
  // Without the negative half, the first part stands in for it.
  return {result, options_.keeps_unguided ? (is_guided ? denoised.back() : denoised.front()) : at::Tensor()};
}

at::Tensor GuidedDenoiser::operator()(const at::Tensor& x, double sigma) {
  const Contexts contexts = contexts_at_(call_);
  const bool is_guided = !leaves_out_negative(contexts, sigma);
  ++call_;

  std::vector<at::Tensor> guided, unguided;
  for (const at::Tensor& pictures : x.split(options_.separates_pictures ? 1 : x.size(0))) {
    Prediction prediction = predict(pictures, sigma, contexts, is_guided);
    guided.push_back(std::move(prediction.guided));
    if (options_.keeps_unguided) unguided.push_back(std::move(prediction.unguided));
  }
  if (options_.keeps_unguided) unguided_ = at::cat(unguided);
  return at::cat(guided);
}

}  // namespace fude::diffusion
