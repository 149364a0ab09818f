#include "pipelines/text_to_image.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/error.h"
#include "diffusion/brownian_tree.h"
#include "diffusion/guidance.h"
#include "diffusion/image_rng.h"
#include "diffusion/sampler_table.h"
#include "ops/seamless.h"
#include "pipelines/conditioning.h"
#include "pipelines/guidance_request.h"
#include "pipelines/infotext_writer.h"
#include "pipelines/picture_channels.h"
#include "pipelines/picture_coding.h"
#include "pipelines/refiner_switch.h"
#include "pipelines/sampling_request.h"
#include "prompt/plan.h"

namespace fude::pipelines {
namespace {

class Stopwatch {
 public:
  /// Seconds since it was made or last asked.
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(start_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// What a whole job has in common.
struct Job {
  const PictureModel& model;
  GenerationRequest request;
  diffusion::SamplerChoice choice;
  diffusion::ModelSchedule model_levels;
  diffusion::ModelSchedule schedule;  // those of them that the sampler lets the network see
  diffusion::PredictionType prediction;
  ActiveNetworks networks = {};
  std::span<const models::TextualInversion> words = {};
  std::vector<double> sigmas = {};
  at::Tensor picture_channels = {};  // [1,C,h,w] beside the latent; undefined for most models

  int calls() const { return request.steps * choice.sampler.predictions; }
};

/// What the words say to the model, over time.
struct JobContexts {
  std::vector<PartConditioning> positive;
  PartConditioning negative;
  std::vector<std::size_t> words = {};  // of Job::words: those in use, in their order of first use
  bool was_padded = false;
};

ConditioningOptions conditioning_options(const Job& job, bool is_negative) {
  const GenerationRequest& request = job.request;
  return {.chunks = {.emphasis = prompt::parse_emphasis(request.emphasis),
                     .comma_padding_backtrack = request.comma_padding_backtrack},
          .clip_skip = request.clip_skip,
          .clip_skip_for_sdxl = request.sdxl_clip_l_skip,
          .zeroes_empty_texts = is_negative,
          .frame = {.width = request.width,
                    .height = request.height,
                    .crop_top = request.sdxl_crop_top,
                    .crop_left = request.sdxl_crop_left,
                    .aesthetic_score = is_negative ? request.sdxl_refiner_low_aesthetic_score
                                                   : request.sdxl_refiner_high_aesthetic_score},
          .words = job.words};
}

// The web UI's "pad_cond_uncond": the shorter side gets empty chunks, so that both fit in one batch.
void pad_contexts(JobContexts& contexts, const at::Tensor& empty) {
  for (PartConditioning& part : contexts.positive) {
    for (ScheduledConditioning& positive : part.schedule) {
      for (ScheduledConditioning& negative : contexts.negative.schedule) {
        at::Tensor &a = positive.conditioning.context, &b = negative.conditioning.context;
        const int64_t before = a.size(1) + b.size(1);
        pad_to_equal_length(a, b, empty);
        contexts.was_padded |= a.size(1) + b.size(1) != before;
      }
    }
  }
}

void note_words(const models::StableDiffusion& networks, const prompt::PromptPlan& plan,
                const ConditioningOptions& options, std::vector<std::size_t>& used) {
  if (options.words.empty()) return;
  for (const prompt::PromptPart& part : plan.parts) {
    for (const prompt::ScheduleEntry& entry : part.schedules) {
      for (const std::size_t word : words_in(networks, entry.text, options)) {
        if (std::ranges::find(used, word) == used.end()) used.push_back(word);
      }
    }
  }
}

JobContexts encode(const Job& job) {
  const prompt::ScheduleOptions schedule{
      .steps = job.calls(), .hires_steps = {}, .uses_old_rule = job.request.use_old_scheduling};
  const models::StableDiffusion& networks = job.model.networks;
  std::vector<std::size_t> used;
  const auto encoded = [&](const std::string& text, bool is_negative) {
    const prompt::PromptPlan plan = prompt::plan_prompt(
        text,
        {.schedule = schedule, .strips_comments = job.request.enable_prompt_comments, .is_negative = is_negative});
    const ConditioningOptions options = conditioning_options(job, is_negative);
    note_words(networks, plan, options, used);
    return encode_plan(networks, plan, options);
  };
  JobContexts contexts{.positive = encoded(job.request.prompt, false),
                       .negative = encoded(job.request.negative_prompt, true).front()};
  contexts.words = std::move(used);
  if (job.request.pad_cond_uncond) {
    const ConditioningOptions options = conditioning_options(job, /*is_negative=*/false);
    pad_contexts(contexts, encode_texts(networks, std::vector<std::string>{""}, options).front().context);
  }
  return contexts;
}

diffusion::Contexts contexts_at(const JobContexts& contexts, int call) {
  diffusion::Contexts here{.positive = {}, .negative = contexts.negative.at_call(call)};
  for (const PartConditioning& part : contexts.positive) {
    here.positive.push_back({.weight = part.weight, .conditioning = part.at_call(call)});
  }
  return here;
}

diffusion::Network network_of(const Job& job, const nn::AttentionTweaks& attention) {
  const models::UNet::Tweaks tweaks{.free_u = free_u_of(job.request),
                                    .self_attention = nn::tweaked_self_attention(attention),
                                    .hooks = job.networks.hooks,
                                    .contexts = std::make_shared<nn::ContextMemory>()};
  return [&job, tweaks](const at::Tensor& x, const at::Tensor& t, const diffusion::Conditioning& words) {
    const at::ScalarType type = job.model.engine.type;
    at::Tensor input = x.to(type);
    if (job.picture_channels.defined()) {
      input = at::cat({input, job.picture_channels.expand({x.size(0), -1, -1, -1})}, 1);
    }
    const at::Tensor vector = words.vector.defined() ? words.vector.to(type) : words.vector;
    return job.model.networks.unet.forward(input, t, words.context.to(type), vector, tweaks);
  };
}

diffusion::GuidanceOptions guidance_options(const Job& job, int first_call) {
  const GenerationRequest& request = job.request;
  return {.scale = diffusion::effective_guidance(job.choice.sampler, request.cfg_scale),
          .prediction = job.prediction,
          .quantizes_timesteps = request.enable_quantization || job.choice.sampler.is_distilled,
          .batches_contexts = request.batch_cond_uncond,
          .separates_pictures = job.model.engine.device.is_cpu(),  // where a batch gains little
          .is_consistency_model = job.choice.sampler.is_distilled,
          .keeps_unguided = job.choice.sampler.uses_unguided,
          .rescale = request.cfg_rescale,
          .threshold = threshold_options(request),
          .perturbed_scale = request.pag_scale,
          .self_attention_scale = request.sag_scale,
          .self_attention_threshold = request.sag_threshold,
          .self_attention_blur = request.sag_blur,
          .min_uncond_sigma = request.s_min_uncond,
          .is_min_uncond_on_all = request.s_min_uncond_all,
          .skip_early_fraction = request.skip_early_cond,
          .first_call = first_call,
          .total_calls = job.calls()};
}

// `contexts` must outlive the denoiser, as the job must.
diffusion::GuidedDenoiser guided_denoiser(const Job& job, const JobContexts& contexts, int first_call = 0) {
  diffusion::GuidanceOptions options = guidance_options(job, first_call);
  nn::AttentionTweaks attention = attention_tweaks(job.request);
  if (options.perturbed_scale != 0) {
    nn::AttentionTweaks spoiled = attention;
    spoiled.is_middle_identity = true;
    options.perturbed = network_of(job, spoiled);
  }
  if (options.self_attention_scale != 0) {
    attention.middle_map = std::make_shared<at::Tensor>();
    options.attention_map = [map = attention.middle_map] { return *map; };
  }
  return diffusion::GuidedDenoiser(
      network_of(job, attention), job.schedule, [&contexts](int call) { return contexts_at(contexts, call); },
      std::move(options));
}

/// A model at work, and what the words say to it.
struct Worker {
  Job job;
  JobContexts contexts;
  std::vector<std::string> warnings;  // about the networks that the prompt names
};

/// A job's models: the one that begins, and the one that may take over.
struct Workers {
  Worker first;
  std::optional<Worker> refiner;
};

/// Calls the first model until the refiner is due, and the refiner from then on.
class RelayDenoiser {
 public:
  explicit RelayDenoiser(const Workers& workers)
      : workers_(&workers), first_(guided_denoiser(workers.first.job, workers.first.contexts)) {}

  at::Tensor operator()(const at::Tensor& x, double sigma) {
    if (!second_ && is_due(sigma)) {
      second_.emplace(guided_denoiser(workers_->refiner->job, workers_->refiner->contexts, first_.calls()));
    }
    return second_ ? (*second_)(x, sigma) : first_(x, sigma);
  }

  /// The unguided half of the latest call, for samplers that ask for it.
  const at::Tensor& unguided() const { return second_ ? second_->unguided() : first_.unguided(); }

  /// The model that made the latest call.
  const PictureModel& latest() const { return second_ ? workers_->refiner->job.model : workers_->first.job.model; }

 private:
  bool is_due(double sigma) const {
    const Job& job = workers_->first.job;
    return workers_->refiner && is_refiner_due(job.request, job.model_levels,
                                               {.call = first_.calls(), .total_calls = job.calls(), .sigma = sigma});
  }

  const Workers* workers_;
  diffusion::GuidedDenoiser first_;
  std::optional<diffusion::GuidedDenoiser> second_;
};

struct SampledBatch {
  at::Tensor noise;                       // [B,C,h,w], CPU
  at::Tensor latent;                      // on the model's device
  const PictureModel* model;              // that made the last step
  std::optional<int> unfinished_at = {};  // steps done when it was ended early
};

/// Thrown through a sampler to end it early.
struct BatchEnded {
  int steps;
  at::Tensor denoised;  // [B,C,h,w]
};

SampledBatch sample_batch(const Workers& workers, int first, const diffusion::StepObserver& on_step) {
  const Job& job = workers.first.job;
  const GenerationRequest& request = job.request;
  const int64_t channels = job.model.networks.config.autoencoder.embed_dim;
  const int64_t cell = job.model.networks.config.autoencoder.downscale();
  const diffusion::ImageSeeds seeds = batch_seeds(request, first);
  diffusion::ImageRng rng(seeds, channels, request.height / cell, request.width / cell);
  const at::Tensor noise = rng.next();

  diffusion::SamplerContext context{
      .options = sampler_options(request, job.choice.sampler),
      .noise = [&rng](double, double) { return rng.next(); },
      .on_step = on_step,
      .sigma_min = job.schedule.sigma_min(),
      .model = &job.model_levels,
  };
  std::optional<diffusion::BrownianNoise> brownian;
  if (job.choice.sampler.noise == diffusion::StepNoiseKind::kBrownian) {
    brownian.emplace(seeds.stream, seeds.seeds, job.sigmas,
                     std::vector<std::int64_t>{channels, request.height / cell, request.width / cell});
    context.noise = [&brownian](double sigma, double next) { return brownian->step(sigma, next); };
  }
  RelayDenoiser denoise(workers);
  if (job.choice.sampler.uses_unguided) context.unguided = [&denoise] { return denoise.unguided(); };
  const at::Tensor start = diffusion::starting_latent(job.choice, noise.to(job.model.engine.device), job.sigmas.front(),
                                                      request.sgm_noise_multiplier);
  at::Tensor latent;
  std::optional<int> unfinished_at;
  try {
    latent = job.choice.sampler.run(std::ref(denoise), start, job.sigmas, context);
  } catch (const BatchEnded& ended) {
    latent = ended.denoised;
    unfinished_at = ended.steps;
  }
  if (!latent.isfinite().all().item<bool>()) {
    const bool has_networks = !job.networks.loras.empty() || !job.networks.hypernetworks.empty();
    fail(ErrorCode::kUnsupportedModel, "model '{}' gave values that are no numbers, expected a finite picture; try {}",
         job.model.name, has_networks ? "the prompt's networks with less strength" : "--precision fp32");
  }
  return {.noise = noise, .latent = latent, .model = &denoise.latest(), .unfinished_at = unfinished_at};
}

/// What to tell about the networks that a prompt names.
std::vector<std::string> apply_networks(PictureModel& model, Job& job) {
  const GenerationRequest& request = job.request;
  const std::string visible = request.enable_prompt_comments ? prompt::strip_comments(request.prompt) : request.prompt;
  job.networks = model.adapters->apply(prompt::extract_networks(visible).networks, model.networks.weights,
                                       read_network_hashes(request.lora_hashes));
  model.words->refresh(job.networks.words);
  job.words = model.words->words();
  std::vector<std::string> warnings = job.networks.warnings;
  for (std::string& warning : model.words->warnings_about(visible + "\n" + request.negative_prompt)) {
    warnings.push_back(std::move(warning));
  }
  return warnings;
}

std::vector<UsedNetwork> used_words(const Worker& worker) {
  std::vector<UsedNetwork> words;
  for (const std::size_t word : worker.contexts.words) words.push_back(worker.job.model.words->used(word));
  return words;
}

InfotextContext infotext_context(const Workers& workers, const SampledBatch& sampled) {
  const PictureModel& model = workers.first.job.model;
  const bool is_refined = sampled.model != &model;
  return {.model_name = model.name,
          .model_hash = model.hash.digits(),
          .vae_name = model.vae_name,
          .vae_hash = model.vae_hash.digits(),
          .loras = workers.first.job.networks.loras,
          .hypernetworks = workers.first.job.networks.hypernetworks,
          .words = used_words(workers.first),
          .refiner = is_refined ? fmt::format("{} [{}]", sampled.model->name, sampled.model->hash.digits()) : "",
          .has_mask_channels = has_mask_channels(model.networks.config),
          .padded_conds = workers.first.contexts.was_padded};
}

// The request's word goes before the file's.
diffusion::ModelSchedule model_schedule(const PictureModel& model, const GenerationRequest& request) {
  const auto standard = diffusion::ModelSchedule::stable_diffusion();
  const bool is_file_asked = request.noise_schedule == "Default";
  const bool ends_in_noise =
      is_file_asked ? model.networks.config.facts.has_zero_terminal_snr : request.noise_schedule == "Zero Terminal SNR";
  return ends_in_noise ? standard.with_zero_terminal_snr() : standard;
}

diffusion::PredictionType prediction_type(const PictureModel& model, const GenerationRequest& request) {
  if (request.prediction_type == "Automatic") return model.prediction;
  return request.prediction_type == "v" ? diffusion::PredictionType::kV : diffusion::PredictionType::kEpsilon;
}

Job make_job(const PictureModel& model, GenerationRequest request) {
  if (request.width == 0) request.width = model.native_size;
  if (request.height == 0) request.height = model.native_size;
  request.prompt = with_standing_networks(request);
  const diffusion::SamplerChoice choice = diffusion::resolve_sampler(request.sampler, request.scheduler);
  if (choice.sampler.watches_pictures) request.batch_count *= std::exchange(request.batch_size, 1);
  const diffusion::ModelSchedule levels = model_schedule(model, request);
  Job job{.model = model,
          .request = request,
          .choice = choice,
          .model_levels = levels,
          .schedule = diffusion::sampled_levels(choice.sampler, levels),
          .prediction = prediction_type(model, request)};
  job.picture_channels = blank_picture_channels(model, job.request);
  job.sigmas = diffusion::sampling_sigmas(choice, levels, job.request.steps,
                                          schedule_options(job.request, model.networks.config),
                                          job.request.always_discard_next_to_last_sigma);
  return job;
}

Worker make_worker(PictureModel& model, const GenerationRequest& request) {
  Job job = make_job(model, request);
  std::vector<std::string> warnings = apply_networks(model, job);
  JobContexts contexts = encode(job);
  return {.job = std::move(job), .contexts = std::move(contexts), .warnings = std::move(warnings)};
}

Workers make_workers(PictureModel& model, const GenerationRequest& request) {
  Workers workers{.first = make_worker(model, request), .refiner = std::nullopt};
  // The size is the first model's, where none is asked for.
  if (model.refiner) workers.refiner.emplace(make_worker(*model.refiner, workers.first.job.request));
  return workers;
}

// Picture `index` of the job, `place` of its batch.
FinishedPicture decode(const Workers& workers, const SampledBatch& sampled, int index, int place,
                       const WarningListener& warn) {
  const GenerationRequest& request = workers.first.job.request;
  FinishedPicture picture{.index = index, .request = request_of_image(request, index)};
  picture.image = to_image(decode_latent(*sampled.model, request, sampled.latent.narrow(0, place, 1), warn));
  picture.unfinished_at = sampled.unfinished_at;
  if (sampled.unfinished_at) {
    picture.request.extra.emplace_back("Unfinished", fmt::format("{}/{}", *sampled.unfinished_at, request.steps));
  }
  picture.infotext = write_infotext(picture.request, infotext_context(workers, sampled));
  return picture;
}

at::Tensor joined(const std::vector<at::Tensor>& batches) { return batches.empty() ? at::Tensor() : at::cat(batches); }

}  // namespace

LatentRecord text_to_image(PictureModel& model, const GenerationRequest& request, const TextToImageEvents& events) {
  const at::NoGradGuard no_grad;
  Stopwatch watch;
  StageSeconds seconds;
  const ops::SeamlessConvolutions seamless(request.tiling);
  const Workers workers = make_workers(model, request);
  std::vector<std::string> warnings;
  const WarningListener warn = [&](const std::string& warning) {
    warnings.push_back(warning);
    events.on_warning(warning);
  };
  std::ranges::for_each(workers.first.warnings, warn);
  const Job& job = workers.first.job;
  seconds.text = watch.lap();

  const int steps = static_cast<int>(job.sigmas.size()) - 1;
  Continuation next = Continuation::kGoOn;
  std::vector<at::Tensor> noises, latents;
  for (int batch = 0; batch < job.request.batch_count; ++batch) {
    if (next == Continuation::kEndJob || events.continuation() == Continuation::kEndJob) break;
    const int first = batch * job.request.batch_size;
    const SampledBatch sampled = sample_batch(workers, first, [&](const diffusion::StepEvent& event) {
      events.on_denoised(event.denoised);
      events.on_step(batch * steps + event.index + 1, job.request.batch_count * steps);
      if (event.index + 1 == event.count) return;
      next = events.continuation();
      if (next != Continuation::kGoOn) throw BatchEnded{.steps = event.index + 1, .denoised = event.denoised};
    });
    seconds.sample += watch.lap();
    noises.push_back(sampled.noise);
    latents.push_back(sampled.latent.to(at::kCPU, at::kFloat));
    for (int i = 0; i < job.request.batch_size; ++i) {
      FinishedPicture picture = decode(workers, sampled, first + i, i, warn);
      picture.warnings = warnings;
      seconds.decode += watch.lap();
      if (events.on_picture) events.on_picture(std::move(picture), seconds);
      watch.lap();  // saving is not our time
    }
  }
  return {.noise = joined(noises), .latent = joined(latents)};
}

}  // namespace fude::pipelines
