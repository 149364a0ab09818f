#include "training/train.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "core/error.h"
#include "core/hash.h"
#include "core/platform/folder_lock.h"
#include "core/platform/memory.h"
#include "io/safetensors_writer.h"
#include "io/tensor_file.h"
#include "models/stable_diffusion.h"
#include "training/latent_statistics.h"
#include "training/model_export.h"
#include "training/train_config.h"

namespace fude::training {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMeasuredPictures = 256;  // for the latents' mean and deviation
constexpr const char* kAutoencoderPrefix = "first_stage_model.";

int worker_count(std::int64_t configured) {
  if (configured > 0) return static_cast<int>(configured);
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

/// One run of `train`: the parts in their order, each made once.
class TrainRun {
 public:
  TrainRun(TrainConfig config, const TrainOptions& options, const Cancellation& cancellation)
      : config_(std::move(config)),
        options_(options),
        cancellation_(cancellation),
        folder_(options.work_dir.empty() ? fs::path(config_.work_dir) : options.work_dir),
        device_(at::hasCUDA() ? at::Device(at::kCUDA) : at::Device(at::kCPU)),
        pool_(worker_count(config_.workers)) {
    fs::create_directories(folder_);
    // An export only reads checkpoints, which are whole at any time: it may run beside a training.
    if (options.stage != "export") lock_.emplace(folder_);
    const DataConfig& data = config_.data;
    source_ = data.source == "painter" ? make_painter_source(static_cast<std::uint64_t>(data.seed), data.count)
                                       : make_folder_source(data.source, data.size, data.count);
  }

  fs::path run() {
    const bool is_all = options_.stage.empty();
    if (is_all || options_.stage == "autoencoder") train_autoencoder();
    if (is_all || options_.stage == "denoiser") train_denoiser();
    if (is_all || options_.stage == "decoder") train_decoder();
    if (is_all || options_.stage == "export") return export_model();
    return {};
  }

 private:
  const PictureCache& pictures() {
    if (!pictures_) pictures_ = PictureCache::prepare(*source_, folder_ / "pictures.u8", pool_, making("pictures"));
    return *pictures_;
  }

  /// Reports how many records are made, and stops when asked to.
  RecordFile::OnProgress making(const std::string& what) const {
    return [this, what, begin = std::chrono::steady_clock::now(), first = std::int64_t{-1}](
               std::int64_t done, std::int64_t count) mutable {
      if (first < 0) first = done;
      const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      const double left =
          done > first ? spent * static_cast<double>(count - done) / static_cast<double>(done - first) : 0;
      const double share = static_cast<double>(done) / static_cast<double>(count);
      report({.label = what, .unit = what, .done = done, .share = share, .seconds_left = left, .loss = {}});
      return !cancellation_.is_requested();
    };
  }

  void report(const TrainReport& report) const {
    if (options_.on_progress) options_.on_progress(report);
  }

  void run_to_end(const StageConfig& stage, Trainable& trainable) {
    const bool is_finished = run_stage(stage, trainable, folder_, cancellation_, [&](const StageProgress& progress) {
      TrainReport line{.label = progress.stage,
                       .unit = "steps",
                       .done = progress.step,
                       .share = progress.share,
                       .seconds_left = progress.seconds_left,
                       .loss = {}};
      const auto loss = progress.metrics.find("loss");
      if (loss != progress.metrics.end()) line.loss = loss->second;
      report(line);
    });
    if (!is_finished) fail(ErrorCode::kCancelled, "stopped in stage '{}'; the next run goes on from here", stage.name);
  }

  fs::path finished_autoencoder() const { return folder_ / "autoencoder-finished.safetensors"; }

  void train_autoencoder() {
    if (fs::exists(finished_autoencoder())) return;
    AutoencoderTraining training(config_.autoencoder, config_.autoencoder_training, pictures(), pool_, device_);
    run_to_end(config_.autoencoder_stage, training);
    finish_autoencoder();
  }

  /// Takes the averaged weights and gives their latents SD 1.x's scale.
  void finish_autoencoder() {
    NamedTensors state;
    for (const auto& [name, tensor] : read_checkpoint(checkpoint_path(folder_, config_.autoencoder_stage.name)))
      if (name.starts_with("average.")) state[name.substr(8)] = tensor.to(at::kFloat).clone();
    ParameterSource source([&](const std::string& name, at::IntArrayRef shape) { return entry(state, name, shape); },
                           at::kCPU);
    const models::AutoencoderKL model(weights::WeightView(source, kAutoencoderPrefix), config_.autoencoder);
    const std::int64_t count = std::min(kMeasuredPictures, pictures().count());
    fold_statistics(state, kAutoencoderPrefix, measure_latents(model, pictures().pixels().narrow(0, 0, count), pool_),
                    config_.autoencoder.scale_factor);
    io::write_safetensors(finished_autoencoder(), state);
  }

  NamedTensors autoencoder_weights() const {
    if (!fs::exists(finished_autoencoder()))
      fail(ErrorCode::kNotFound, "'{}' is missing; run stage 'autoencoder' first", finished_autoencoder().string());
    return read_checkpoint(finished_autoencoder());
  }

  models::AutoencoderKL load_autoencoder() const {
    autoencoder_weights();
    return models::load_autoencoder(io::TensorFile::open(finished_autoencoder()),
                                    {.type = at::kBFloat16, .device = device_});
  }

  const at::Tensor& latents() {
    if (!latents_) {
      const models::AutoencoderKL autoencoder = load_autoencoder();
      const std::string hash = sha256_hex(io::TensorFile::open(finished_autoencoder()).bytes()).substr(0, 16);
      const std::int64_t side = config_.data.size / config_.autoencoder.downscale();
      const at::Tensor& pixels = pictures().pixels();
      const RecordFile::Layout layout{.identity = source_->identity() + ", autoencoder " + hash,
                                      .count = pictures().count(),
                                      .shape = {config_.autoencoder.embed_dim, side, side},
                                      .type = at::kHalf};
      const auto encode = [&](std::int64_t index) {
        const at::NoGradGuard no_gradient;
        const at::Tensor image = to_image(pixels.narrow(0, index, 1).to(device_)).to(at::kBFloat16);
        return autoencoder.encode(image)[0].cpu().to(at::kHalf).contiguous();
      };
      latents_ = RecordFile::prepare(folder_ / "latents.f16", layout, pool_, encode, making("latents"));
    }
    return latents_->records();
  }

  CaptionVocabulary vocabulary() const { return {source_->all_tags(), config_.data.junk_rows}; }

  void train_denoiser() {
    const models::AutoencoderKL autoencoder = load_autoencoder();
    const LatentDataset data{latents(), pictures().tags()};
    const CaptionVocabulary words = vocabulary();
    DenoiserTraining training({.unet = config_.unet, .text = config_.text}, config_.denoiser_training, data, words,
                              autoencoder, pool_, device_);
    run_to_end(config_.denoiser_stage, training);
  }

  void train_decoder() {
    const NamedTensors start = autoencoder_weights();
    DecoderTraining training(config_.autoencoder, config_.decoder_training, start, latents(), pictures(), pool_,
                             device_);
    run_to_end(config_.decoder_stage, training);
  }

  fs::path export_model() {
    const NamedTensors autoencoder = autoencoder_weights();
    const NamedTensors denoiser = read_checkpoint(checkpoint_path(folder_, config_.denoiser_stage.name));
    const fs::path decoder_file = checkpoint_path(folder_, config_.decoder_stage.name);
    NamedTensors decoder;
    if (fs::exists(decoder_file)) decoder = read_checkpoint(decoder_file);
    const NamedTensors model = assemble_model(
        {.autoencoder = &autoencoder, .decoder = decoder.empty() ? nullptr : &decoder, .denoiser = &denoiser});
    const ExportConfig& output = config_.output;
    const fs::path path = folder_ / output.file;  // an absolute file replaces the folder
    io::write_safetensors(path, model,
                          {{"format", "pt"},
                           {"modelspec.architecture", "stable-diffusion-v1"},
                           {"modelspec.title", output.title},
                           {"modelspec.author", output.author},
                           {"modelspec.license", output.license},
                           {"modelspec.description", output.description},
                           {"modelspec.resolution", fmt::format("{0}x{0}", config_.data.size)},
                           {"modelspec.prediction_type", "epsilon"}});
    return path;
  }

  TrainConfig config_;
  const TrainOptions& options_;
  const Cancellation& cancellation_;
  fs::path folder_;
  at::Device device_;
  WorkerPool pool_;
  std::optional<platform::FolderLock> lock_;  // two runs would mix their records and checkpoints
  std::unique_ptr<PictureSource> source_;
  std::optional<PictureCache> pictures_;
  std::optional<RecordFile> latents_;
};

void check_stage_name(const std::string& stage) {
  for (const char* known : {"", "autoencoder", "denoiser", "decoder", "export"})
    if (stage == known) return;
  fail(ErrorCode::kInvalidArgument, "stage '{}' is unknown, expected autoencoder, denoiser, decoder or export",
       printable(stage));
}

}  // namespace

std::filesystem::path train(const std::filesystem::path& config_file, const TrainOptions& options,
                            const Cancellation& cancellation) {
  check_stage_name(options.stage);
  platform::keep_freed_memory();
  at::set_num_threads(1);
  return TrainRun(read_train_config(config_file), options, cancellation).run();
}

}  // namespace fude::training
