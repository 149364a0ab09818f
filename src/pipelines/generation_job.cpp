#include "pipelines/generation_job.h"

#include <algorithm>
#include <utility>

#include "pipelines/sampling_request.h"
#include "prompt/plan.h"

namespace fude::pipelines {
namespace {

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
      .steps = job.kind == PassKind::kHires ? job.calls_before : job.calls(),
      .hires_steps = job.kind == PassKind::kHires ? std::optional(job.calls()) : std::nullopt,
      .uses_old_rule = job.request.use_old_scheduling};
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

std::string visible_words(const GenerationRequest& request) {
  return request.enable_prompt_comments ? prompt::strip_comments(request.prompt) : request.prompt;
}

/// What to tell about the networks that a prompt names.
std::vector<std::string> apply_networks(PictureModel& model, Job& job) {
  const GenerationRequest& request = job.request;
  const std::string visible = visible_words(request);
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

diffusion::TailLevels noise_levels(const Job& job) {
  const GenerationRequest& request = job.request;
  const diffusion::ScheduleOptions options = schedule_options(request, job.model.networks.config);
  const bool discards = request.always_discard_next_to_last_sigma;
  if (job.kind != PassKind::kFromNoise) {
    return diffusion::tail_levels(job.choice, job.model_levels,
                                  {.steps = request.steps,
                                   .strength = acting_strength(request),
                                   .is_exact = request.img2img_fix_steps || job.kind == PassKind::kHires},
                                  options, discards);
  }
  diffusion::TailLevels levels{.steps = request.steps};
  levels.all = diffusion::sampling_sigmas(job.choice, job.model_levels, request.steps, options, discards);
  levels.sigmas = levels.all;
  levels.noise_sigma = levels.all.front();
  return levels;
}

Worker make_worker(PictureModel& model, GenerationRequest request, PassKind kind, int calls_before) {
  request.prompt = with_standing_networks(request);
  const diffusion::ModelSchedule levels = model_schedule(model, request);
  const diffusion::SamplerChoice choice = diffusion::resolve_sampler(request.sampler, request.scheduler);
  Job job{.model = model,
          .request = request,
          .kind = kind,
          .calls_before = calls_before,
          .choice = choice,
          .model_levels = levels,
          .schedule = diffusion::sampled_levels(choice.sampler, levels),
          .prediction = prediction_type(model, request)};
  job.levels = noise_levels(job);
  std::vector<std::string> warnings = apply_networks(model, job);
  JobContexts contexts = encode(job);
  std::vector<UsedNetwork> words;
  for (const std::size_t word : contexts.words) words.push_back(model.words->used(word));
  return {.job = std::move(job),
          .contexts = std::move(contexts),
          .words = std::move(words),
          .warnings = std::move(warnings)};
}

// Of hires fix's two passes, the refiner makes the end of those that are asked for.
bool is_refined(const GenerationRequest& request, PassKind kind) {
  if (!request.enable_hr || request.hires_fix_refiner_pass == "both passes") return true;
  return (kind == PassKind::kHires) == (request.hires_fix_refiner_pass == "second pass");
}

}  // namespace

Workers make_workers(PictureModel& model, const GenerationRequest& request, PassKind kind, int calls_before) {
  Workers workers{.first = make_worker(model, request, kind, calls_before), .refiner = std::nullopt};
  if (model.refiner && is_refined(request, kind)) {
    workers.refiner.emplace(make_worker(*model.refiner, request, kind, calls_before));
  }
  return workers;
}

void patch_again(PictureModel& model, const Workers& workers) {
  const auto patch = [](PictureModel& patched, const GenerationRequest& request) {
    patched.adapters->apply(prompt::extract_networks(visible_words(request)).networks, patched.networks.weights,
                            read_network_hashes(request.lora_hashes));
  };
  patch(model, workers.first.job.request);
  if (workers.refiner) patch(*model.refiner, workers.refiner->job.request);
}

}  // namespace fude::pipelines
