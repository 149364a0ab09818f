#include "pipelines/text_to_image.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"
#include "io/images/composite.h"
#include "io/images/fit.h"
#include "ops/seamless.h"
#include "pipelines/face_restoration.h"
#include "pipelines/hires_pass.h"
#include "pipelines/infotext_writer.h"
#include "pipelines/init_latents.h"
#include "pipelines/latent_upscale.h"
#include "pipelines/lone_denoiser.h"
#include "pipelines/picture_channels.h"
#include "pipelines/picture_finishing.h"
#include "pipelines/pixel_upscaling.h"
#include "pipelines/soft_inpainting.h"
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

/// A batch that is sampled, and which pass made it.
struct MadeBatch {
  SampledBatch sampled;
  const Workers* workers = nullptr;
  at::Tensor noise;                    // of the first pass that was made
  PassStart start = {};                // of the pass that made it
  std::vector<io::Image> before = {};  // the first pass's pictures, where they are to be kept
};

InfotextContext infotext_context(const Workers& first, const MadeBatch& batch) {
  const PictureModel& model = first.first.job.model;
  const bool is_refined = batch.sampled.model != &batch.workers->first.job.model;
  const bool has_picture_channels = sees_picture(model.networks.config);
  const GenerationRequest& request = first.first.job.request;
  return {.model_name = model.name,
          .model_hash = model.hash.digits(),
          .vae_name = model.vae_name,
          .vae_hash = model.vae_hash.digits(),
          .loras = first.first.job.networks.loras,
          .hypernetworks = first.first.job.networks.hypernetworks,
          .words = first.first.words,
          .refiner =
              is_refined ? fmt::format("{} [{}]", batch.sampled.model->name, batch.sampled.model->hash.digits()) : "",
          .has_mask_channels = has_mask_channels(model.networks.config),
          .image_cfg_scale = has_picture_channels && starts_from_picture(request) ? acting_image_guidance(request) : 0,
          .padded_conds = first.first.contexts.was_padded,
          .engine = to_text(profile_of(model.engine))};
}

at::Tensor joined(const std::vector<at::Tensor>& batches) { return batches.empty() ? at::Tensor() : at::cat(batches); }

std::vector<prompt::NetworkTag> networks_of(const GenerationRequest& request) {
  return prompt::extract_networks(request.prompt).networks;
}

// The finished picture that hires fix starts from, cropped to whole cells.
io::Image first_pass_image(GenerationRequest& request) {
  constexpr int kCell = 8;
  const io::Image image = io::flattened(decode_source(request.sources.firstpass_image, "firstpass_image"), {});
  request.width = image.width / kCell * kCell;
  request.height = image.height / kCell * kCell;
  if (request.width == 0 || request.height == 0) {
    fail(ErrorCode::kInvalidArgument, "firstpass_image is {}x{}, expected at least {} pixels a side", image.width,
         image.height, kCell);
  }
  return io::fit(image, request.width, request.height, io::FitMode::kCrop);
}

/// One job: its sources, its passes, its batches.
class PictureRun {
 public:
  PictureRun(PictureModel& model, const GenerationRequest& request, const TextToImageEvents& events)
      : model_(model), request_(request), events_(events) {}

  LatentRecord make() {
    prepare();
    seconds_.text = watch_.lap();
    std::vector<at::Tensor> noises, latents;
    for (int batch = 0; batch < request_.batch_count; ++batch) {
      if (next_ == Continuation::kEndJob || events_.continuation() == Continuation::kEndJob) break;
      const MadeBatch made = make_batch(batch);
      seconds_.sample += watch_.lap();
      noises.push_back(made.noise);
      latents.push_back(made.sampled.latent.to(at::kCPU, at::kFloat));
      for (int place = 0; place < request_.batch_size; ++place)
        finish(made, batch * request_.batch_size + place, place);
    }
    return {.noise = joined(noises), .latent = joined(latents)};
  }

 private:
  void warn(const std::string& warning) {
    warnings_.push_back(warning);
    events_.on_warning(warning);
  }

  WarningListener warner() {
    return [this](const std::string& warning) { warn(warning); };
  }

  void prepare() {
    if (request_.soft_inpainting) request_.mask_round = false;
    if (starts_from_picture(request_)) {
      prepared_ = prepare_pictures(request_, model_.native_size,
                                   [this](const std::string& name) { return model_.upscalers->find(name); });
    }
    const std::string face_restorer = acting_face_restorer(request_);
    if (!face_restorer.empty()) faces_ = model_.faces->find(face_restorer);
    if (request_.sources.firstpass_image) first_image_ = first_pass_image(request_);
    if (request_.width == 0) request_.width = model_.native_size;
    if (request_.height == 0) request_.height = model_.native_size;
    if (prepared_) std::ranges::for_each(prepared_->warnings, warner());
    if (request_.enable_hr) make_second_pass();
    make_first_pass();
  }

  // Before the first, whose networks are then in place.
  void make_second_pass() {
    check_hires_upscaler(model_, request_);
    const GenerationRequest hires = hires_request(request_);
    const diffusion::SamplerChoice choice = diffusion::resolve_sampler(request_.sampler, request_.scheduler);
    second_.emplace(make_workers(hires_model(), hires, PassKind::kHires, request_.steps * choice.sampler.predictions));
    const HiresSize size = hires_size(request_);
    GenerationRequest visible = hires;
    visible.width -= size.crop_x;
    visible.height -= size.crop_y;
    give_blank_channels(*second_, visible);
    std::ranges::for_each(second_->first.warnings, warner());
    swaps_networks_ = !model_.hires && networks_of(hires) != networks_of(request_);
  }

  // What else took part in the picture `index`, as its text has it.
  std::vector<UsedNetwork> parts_of(int index) {
    if (!request_.add_engine_to_infotext) return {};
    if (!parts_) parts_ = parts_of_job();
    std::vector<UsedNetwork> parts;
    const std::size_t count = init_hashes_.size();
    if (count > 0) {
      parts.push_back({.name = std::string(kInitPart), .hash = init_hashes_[static_cast<std::size_t>(index) % count]});
    }
    parts.insert(parts.end(), parts_->begin(), parts_->end());
    return parts;
  }

  std::vector<UsedNetwork> parts_of_job() {
    std::vector<UsedNetwork> parts;
    const auto add = [&parts](std::string_view name, std::string hash) {
      if (!hash.empty()) parts.push_back({.name = std::string(name), .hash = std::move(hash)});
    };
    const SourcePictures& sources = request_.sources;
    for (const PictureBytes& init : sources.init_images) {
      init_hashes_.push_back(source_hash(decode_source(init, kInitPart)));
    }
    for (const auto& [name, picture] :
         {std::pair(kMaskPart, &sources.mask), std::pair(kLatentMaskPart, &sources.latent_mask),
          std::pair(kFirstPassPart, &sources.firstpass_image)}) {
      if (*picture) add(name, source_hash(decode_source(*picture, name)));
    }
    if (request_.enable_hr && model_.hires) add(kHiresModelPart, model_.hires->hash.digits());
    if (request_.enable_hr && find_latent_upscaler(request_.hr_upscaler) == nullptr) {
      add(kHiresUpscalerPart, model_.upscalers->hash_of(request_.hr_upscaler));
    }
    if (prepared_) {
      add(kInitUpscalerPart, model_.upscalers->hash_of(request_.upscaler_for_img2img));
    }
    add(kTextEncoderPart, model_.text_encoder_hash.digits());
    if (faces_) {
      for (const UsedNetwork& network : model_.faces->used(acting_face_restorer(request_))) {
        add(network.name, network.hash);
      }
    }
    return parts;
  }

  void make_first_pass() {
    const bool has_picture = prepared_.has_value();
    first_.emplace(make_workers(model_, request_, has_picture ? PassKind::kFromPicture : PassKind::kFromNoise));
    for (const std::string& warning : first_->first.warnings) {
      if (std::ranges::find(warnings_, warning) == warnings_.end()) warn(warning);
    }
    if (has_picture) {
      init_ = encode_pictures(model_, request_, *prepared_, warner());
    } else {
      give_blank_channels(*first_, request_);
    }
    const bool has_own_channels = init_ && init_->channels.defined() && init_->count() > 1;
    const Job& job = first_->first.job;
    const bool watches =
        job.choice.sampler.watches_pictures || (second_ && second_->first.job.choice.sampler.watches_pictures);
    if (has_own_channels || watches) work_one_by_one();
  }

  void work_one_by_one() {
    request_.batch_count *= std::exchange(request_.batch_size, 1);
    for (std::optional<Workers>* workers : {&first_, &second_}) {
      if (!*workers) continue;
      (*workers)->first.job.request.batch_size = 1;
      if ((*workers)->refiner) (*workers)->refiner->job.request.batch_size = 1;
    }
  }

  PictureModel& hires_model() { return model_.hires ? *model_.hires : model_; }

  static void give_blank_channels(Workers& workers, const GenerationRequest& request) {
    Job& job = workers.first.job;
    job.picture_channels = blank_picture_channels(job.model, request);
    if (!workers.refiner) return;
    Job& refiner = workers.refiner->job;
    refiner.picture_channels = blank_picture_channels(refiner.model, request);
  }

  int steps_of_batch() const {
    const int first = first_image_ ? 0 : first_->first.job.step_count();
    return first + (second_ ? second_->first.job.step_count() : 0);
  }

  // Tells of steps, `before` of which the batch has behind it, and ends the batch where that is asked for.
  diffusion::StepObserver observer(int batch, int before) {
    return [this, batch, before](const diffusion::StepEvent& event) {
      events_.on_denoised(event.denoised);
      const int steps = steps_of_batch();
      events_.on_step(batch * steps + before + event.index + 1, request_.batch_count * steps);
      if (before + event.index + 1 == steps) return;
      next_ = events_.continuation();
      if (next_ != Continuation::kGoOn) throw BatchEnded{.steps = before + event.index + 1, .denoised = event.denoised};
    };
  }

  MadeBatch make_batch(int batch) {
    const int first = batch * request_.batch_size;
    MadeBatch made{.sampled = {}, .workers = &*first_, .noise = {}};
    if (!first_image_) {
      if (swaps_networks_ && batch > 0) patch_again(model_, *first_);
      made.start = start_of(first);
      made.sampled = sample_batch(*first_, first, made.start, observer(batch, 0));
      made.noise = made.sampled.noise;
    }
    if (!second_ || made.sampled.unfinished_at) return made;
    if (request_.save_images_before_highres_fix && !first_image_) decode_first_pass(made);
    return make_second(batch, std::move(made));
  }

  void decode_first_pass(MadeBatch& made) {
    for (int64_t place = 0; place < request_.batch_size; ++place) {
      const at::Tensor latent = made.sampled.latent.narrow(0, place, 1);
      made.before.push_back(to_image(decode_latent(*made.sampled.model, request_, latent, warner())));
    }
  }

  PassStart start_of(int first) {
    if (!init_) return {};
    Job& job = first_->first.job;
    if (init_->channels.defined()) job.picture_channels = init_->channels.narrow(0, first % init_->channels.size(0), 1);
    return start_of_batch(*init_, job, first);
  }

  MadeBatch make_second(int batch, MadeBatch made) {
    const PassStart start{.latent = enlarged(model_, hires_model(), request_,
                                             {.latent = made.sampled.latent, .image = first_image_}, warner())};
    if (swaps_networks_) patch_again(hires_model(), *second_);
    const int before = first_image_ ? 0 : first_->first.job.step_count();
    SampledBatch sampled = sample_batch(*second_, batch * request_.batch_size, start, observer(batch, before));
    const at::Tensor noise = made.noise.defined() ? made.noise : sampled.noise;
    return {.sampled = std::move(sampled), .workers = &*second_, .noise = noise, .before = std::move(made.before)};
  }

  // What soft inpainting goes by in the place of the mask.
  std::optional<io::Image> changed(const MadeBatch& batch, int place) const {
    if (!request_.soft_inpainting || !batch.start.mask.is_on()) return std::nullopt;
    return changed_mask(request_, batch.start.mask.original.narrow(0, place, 1),
                        batch.sampled.latent.narrow(0, place, 1), batch.start.mask.repaint, request_.width,
                        request_.height);
  }

  // Picture `index` of the job, `place` of its batch.
  void finish(const MadeBatch& batch, int index, int place) {
    FinishedPicture picture{.index = index, .request = request_of_image(request_, index)};
    // What was done in pieces says so: there is a difference by rounding.
    const TilingListener note_tiling = [&](models::VaeTiling done) {
      if (done != models::VaeTiling::kOff) picture.request.vae_tiling = name_of(done);
    };
    const at::Tensor latent = batch.sampled.latent.narrow(0, place, 1);
    const io::Image plain = to_image(decode_latent(*batch.sampled.model, request_, latent, warner(), note_tiling));
    const io::Image decoded = with_faces(plain);
    if (prepared_) {
      const std::optional<io::Image> by = changed(batch, place);
      picture.image = finished(decoded, *prepared_, request_, index, by);
      picture.copies = copies_of(decoded, *prepared_, request_, index, by);
      note_init(picture);
    } else {
      picture.image = decoded;
    }
    if (faces_ && request_.save_images_before_face_restoration) {
      picture.copies.push_back(
          {.suffix = "-before-face-restoration", .image = plain, .source = io::DigitalSource::kGenerated});
    }
    if (!batch.before.empty()) {
      picture.copies.push_back({.suffix = "-before-highres-fix",
                                .image = batch.before[static_cast<std::size_t>(place)],
                                .source = io::DigitalSource::kGenerated});
    }
    picture.unfinished_at = batch.sampled.unfinished_at;
    if (picture.unfinished_at) {
      picture.request.extra.emplace_back("Unfinished", fmt::format("{}/{}", *picture.unfinished_at, steps_told()));
    }
    InfotextContext context = infotext_context(*first_, batch);
    context.parts = parts_of(index);
    picture.infotext = write_infotext(picture.request, context);
    picture.warnings = warnings_;
    seconds_.decode += watch_.lap();
    if (events_.on_picture) events_.on_picture(std::move(picture), seconds_);
    watch_.lap();  // saving is not our time
  }

  void note_init(FinishedPicture& picture) const {
    if (!request_.save_init_img) return;
    picture.init = init_picture(request_, picture.index);
    picture.request.extra.emplace_back("Init image hash", picture.init->md5);
  }

  io::Image with_faces(const io::Image& decoded) const {
    return faces_ ? restore_faces(*faces_, decoded, {.fidelity = request_.code_former_weight}) : decoded;
  }

  // Of a plain run those asked for, which some samplers come near only.
  int steps_told() const { return prepared_ || second_ ? steps_of_batch() : request_.steps; }

  PictureModel& model_;
  GenerationRequest request_;
  const TextToImageEvents& events_;
  Stopwatch watch_;
  StageSeconds seconds_;
  std::vector<std::string> warnings_;
  std::optional<PreparedPictures> prepared_;
  std::optional<InitLatents> init_;
  std::optional<io::Image> first_image_;
  std::shared_ptr<const FaceModels> faces_;  // null: faces stay
  std::optional<Workers> first_, second_;
  std::vector<std::string> init_hashes_;
  std::optional<std::vector<UsedNetwork>> parts_;
  bool swaps_networks_ = false;  // the passes' prompts name other networks for one model
  Continuation next_ = Continuation::kGoOn;
};

}  // namespace

LatentRecord text_to_image(PictureModel& model, const GenerationRequest& request, const TextToImageEvents& events) {
  const at::NoGradGuard no_grad;
  const ops::SeamlessConvolutions seamless(request.tiling);
  return PictureRun(model, request, events).make();
}

}  // namespace fude::pipelines
