#include "training/denoiser_training.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "diffusion/noise_schedules.h"
#include "training/cast_source.h"
#include "training/initialisers.h"
#include "training/painter/captions.h"
#include "training/painter/random.h"
#include "training/picture_cache.h"
#include "training/shard_drawing.h"

namespace fude::training {
namespace {

constexpr const char* kUNetPrefix = "model.diffusion_model.";
constexpr const char* kTextPrefix = "cond_stage_model.transformer.text_model.";
constexpr const char* kTokenTable = "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight";
constexpr at::ScalarType kComputeType = at::kBFloat16;
constexpr std::uint64_t kSampleSeed = 1;

bool contains(const std::string& name, const char* part) { return name.find(part) != std::string::npos; }

UpdateRule rule_of(const Parameter& parameter) {
  const std::string& name = parameter.name;
  if (contains(name, "_embedding.")) return UpdateRule::kEmbedding;
  const bool is_outer = contains(name, "input_blocks.0.0.") || contains(name, "diffusion_model.out.");
  const bool is_hidden = parameter.value.dim() >= 2 && !is_outer && !contains(name, "time_embed");
  return is_hidden ? UpdateRule::kMuon : UpdateRule::kAdamW;
}

models::ClipTextConfig with_vocabulary(models::ClipTextConfig config, std::int64_t rows) {
  config.vocabulary = rows;
  return config;
}

/// Euler's method on the probability-flow equation (Karras et al. 2022, arXiv:2206.00364, algorithm 1 without its
/// correction).
template <typename Denoise>
at::Tensor integrate(const Denoise& denoise, at::Tensor x, const std::vector<double>& sigmas) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i)
    x = x + (x - denoise(x, sigmas[i])) * ((sigmas[i + 1] - sigmas[i]) / sigmas[i]);
  return x;
}

}  // namespace

DenoiserTraining::DenoiserTraining(const Shape& shape, const DenoiserTrainingConfig& config, const LatentDataset& data,
                                   const CaptionVocabulary& vocabulary, const models::AutoencoderKL& autoencoder,
                                   WorkerPool& pool, at::Device device)
    : config_(config),
      data_(data),
      vocabulary_(vocabulary),
      autoencoder_(autoencoder),
      pool_(pool),
      device_(device),
      text_config_(with_vocabulary(shape.text, vocabulary.rows())),
      schedule_(diffusion::ModelSchedule::stable_diffusion()),
      signal_shares_(
          at::tensor(at::ArrayRef<float>(schedule_.alphas_cumprod().data(), schedule_.alphas_cumprod().size()))
              .to(device)),
      source_(seeded(config.learning.seed, denoiser_initial_value), device),
      unet_(weights::WeightView(source_, kUNetPrefix), shape.unet),
      training_(
          (models::ClipTextEncoder(weights::WeightView(source_, kTextPrefix), text_config_), source_.parameters()),
          rule_of, config.learning) {}

at::Tensor DenoiserTraining::encode_captions(const std::vector<std::vector<std::int64_t>>& captions) const {
  std::vector<at::Tensor> rows;
  for (const auto& ids : captions) rows.push_back(at::tensor(ids, at::kLong));
  CastSource cast(source_.parameters(), kComputeType);
  const models::ClipTextEncoder text(weights::WeightView(cast, kTextPrefix), text_config_);
  return text.encode(at::stack(rows).to(device_), /*clip_skip=*/1);
}

at::Tensor DenoiserTraining::draw_timesteps(painter::Random& random, int shard) const {
  // One timestep from each of `batch` equal parts of the range: less chance in the loss than independent draws.
  const std::int64_t count = config_.batch / config_.learning.shards;
  std::vector<std::int64_t> timesteps;
  for (std::int64_t i = 0; i < count; ++i) {
    const double part = static_cast<double>(i * config_.learning.shards + shard) + random.unit();
    const double share = part / static_cast<double>(config_.batch);
    timesteps.push_back(
        std::min<std::int64_t>(schedule_.size() - 1, static_cast<std::int64_t>(share * schedule_.size())));
  }
  return at::tensor(timesteps, at::kLong).to(device_);
}

ShardLoss DenoiserTraining::shard_loss(const StepPlace& place, int shard) const {
  painter::Random random = shard_random(config_.learning, place, shard);
  std::vector<at::Tensor> latents;
  std::vector<std::vector<std::int64_t>> captions;
  for (std::int64_t i = 0; i < config_.batch / config_.learning.shards; ++i) {
    const std::int64_t index = draw_trained_index(random, data_.latents.size(0), config_.held_out);
    latents.push_back(data_.latents[index]);
    captions.push_back(draw_caption(data_.tags[static_cast<std::size_t>(index)], vocabulary_, config_.captions,
                                    place.progress, random));
  }
  const at::Tensor clean = at::stack(latents).to(device_, at::kFloat);
  const at::Tensor timesteps = draw_timesteps(random, shard);
  const at::Tensor noise =
      at::randn(clean.sizes(), at::detail::createCPUGenerator(random.next()), at::kFloat).to(device_);
  const at::Tensor share = signal_shares_.index_select(0, timesteps);
  const at::Tensor mixed = share.sqrt().view({-1, 1, 1, 1}) * clean + (1 - share).sqrt().view({-1, 1, 1, 1}) * noise;

  const at::Tensor prediction =
      unet_.forward(mixed.to(kComputeType), timesteps, encode_captions(captions)).to(at::kFloat);
  const at::Tensor errors = (prediction - noise).square().mean({1, 2, 3});
  const at::Tensor snr = share / (1 - share);
  const at::Tensor loss = (errors * snr.clamp_max(config_.snr_limit) / snr).mean();
  return {loss, {{"loss", loss.item<double>()}, {"error", errors.mean().item<double>()}}};
}

Metrics DenoiserTraining::step(const StepPlace& place) {
  return training_.step(pool_, place, [&](int shard) { return shard_loss(place, shard); });
}

void DenoiserTraining::save(NamedTensors& state) const {
  training_.save(state);
  state[kVocabularyKey] = vocabulary_.full_ids();
}

void DenoiserTraining::load(const NamedTensors& saved) { training_.load(in_vocabulary(saved)); }

NamedTensors DenoiserTraining::in_vocabulary(const NamedTensors& saved) const {
  NamedTensors state = saved;
  const auto old_ids = saved.find(kVocabularyKey);
  const at::Tensor ids = vocabulary_.full_ids();
  if (old_ids == saved.end() || at::equal(old_ids->second, ids)) return state;
  at::Tensor fresh;
  for (const Parameter& p : source_.parameters())
    if (p.name == kTokenTable) fresh = p.value.detach();
  for (const char* prefix : {"", "average.", "optimizer.first.", "optimizer.second."}) {
    const bool is_moment = std::string_view(prefix).starts_with("optimizer.");
    const auto table = state.find(std::string(prefix) + kTokenTable);
    if (table != state.end())
      table->second = carry_rows_over(table->second, old_ids->second, is_moment ? at::zeros_like(fresh) : fresh, ids);
  }
  return state;
}

at::Tensor DenoiserTraining::initial_noise(std::size_t first, std::size_t count) const {
  std::vector<at::Tensor> noise;
  for (std::size_t i = first; i < first + count; ++i)
    noise.push_back(at::randn(data_.latents[0].sizes(), at::detail::createCPUGenerator(kSampleSeed + i), at::kFloat));
  return at::stack(noise).to(device_);
}

at::Tensor DenoiserTraining::sample_latents(std::size_t first, std::size_t count) const {
  std::vector<std::vector<std::int64_t>> captions;
  for (std::size_t i = first; i < first + count; ++i)
    captions.push_back(vocabulary_.caption_ids(painter::split_tags(config_.samples.prompts[i])));
  for (std::size_t i = 0; i < count; ++i)
    captions.push_back(vocabulary_.caption_ids(painter::split_tags(config_.samples.negative)));
  const at::Tensor context = encode_captions(captions);

  const auto denoise = [&](const at::Tensor& x, double sigma) {
    const at::Tensor input = (x / std::sqrt(sigma * sigma + 1)).to(kComputeType).repeat({2, 1, 1, 1});
    const at::Tensor t = at::full({input.size(0)}, schedule_.timestep_from_sigma(sigma), at::kFloat).to(device_);
    const auto noise = unet_.forward(input, t, context).to(at::kFloat).chunk(2);
    return x - sigma * (noise[1] + config_.samples.guidance * (noise[0] - noise[1]));
  };
  const diffusion::ScheduleEntry* karras = diffusion::find_noise_schedule("karras");
  const std::vector<double> sigmas =
      diffusion::schedule_sigmas(*karras, schedule_, static_cast<int>(config_.samples.steps));
  return integrate(denoise, initial_noise(first, count) * sigmas.front(), sigmas);
}

at::Tensor DenoiserTraining::samples() {
  const at::NoGradGuard no_gradient;
  const AveragedWeights averaged(training_.average());
  const std::size_t prompts = config_.samples.prompts.size();
  constexpr std::size_t kAtOnce = 3;
  std::vector<at::Tensor> pixels((prompts + kAtOnce - 1) / kAtOnce);
  pool_.run(static_cast<int>(pixels.size()), [&](int task) {
    const at::NoGradGuard no_gradient_here;
    const std::size_t first = static_cast<std::size_t>(task) * kAtOnce;
    const at::Tensor latents = sample_latents(first, std::min(kAtOnce, prompts - first));
    pixels[static_cast<std::size_t>(task)] = to_pixels(autoencoder_.decode(latents.to(kComputeType)));
  });
  return at::cat(pixels);
}

}  // namespace fude::training
