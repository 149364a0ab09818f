#include "training/train_config.h"

#include <fstream>
#include <sstream>

#include "core/error.h"
#include "core/toml_reader.h"

namespace fude::training {
namespace {

constexpr std::int64_t kNormGroups = 32;
constexpr std::int64_t kMinNormWidth = 64;
constexpr std::int64_t kTextHeadWidth = 64;
constexpr double kMostMinutes = 100000;
constexpr std::int64_t kMostSteps = 1000000000;

void read_data(TomlReader reader, DataConfig& data) {
  reader.text("source", data.source);
  reader.whole("seed", data.seed, 0, INT64_MAX);
  reader.whole("count", data.count, 0, 100000000);
  reader.whole("size", data.size, 64, 1024);
  reader.whole("junk_rows", data.junk_rows, 1, 10000);
  reader.reject_unknown();
  if (data.size % 64 != 0) fail(ErrorCode::kInvalidArgument, "'data.size' is {}, expected a multiple of 64", data.size);
}

void read_autoencoder(TomlReader reader, models::AutoencoderKLConfig& config) {
  reader.whole("channels", config.channels, kMinNormWidth, 512);
  reader.wholes("channel_mult", config.channel_mult, 1, 8);
  reader.whole("res_blocks", config.res_blocks, 1, 4);
  reader.reject_unknown();
}

void read_unet(TomlReader reader, models::UNetConfig& config) {
  reader.whole("model_channels", config.model_channels, kMinNormWidth, 512);
  reader.wholes("channel_mult", config.channel_mult, 1, 8);
  reader.wholes("transformer_depth", config.transformer_depth, 0, 4);
  reader.whole("res_blocks", config.res_blocks, 1, 4);
  reader.reject_unknown();
  if (config.transformer_depth.size() != config.channel_mult.size())
    fail(ErrorCode::kInvalidArgument, "'unet.transformer_depth' has {} entries, expected {} as 'unet.channel_mult'",
         config.transformer_depth.size(), config.channel_mult.size());
}

void read_text(TomlReader reader, models::ClipTextConfig& config) {
  reader.whole("width", config.width, kTextHeadWidth, 1024);
  reader.whole("layers", config.layers, 1, 24);
  reader.reject_unknown();
  if (config.width % kTextHeadWidth != 0)
    fail(ErrorCode::kInvalidArgument, "'text.width' is {}, expected a multiple of {}", config.width, kTextHeadWidth);
  config.heads = config.width / kTextHeadWidth;
  config.mlp_width = 4 * config.width;
}

void check_norm_width(const char* key, std::int64_t width) {
  if (width % kNormGroups != 0)
    fail(ErrorCode::kInvalidArgument, "'{}' is {}, expected a multiple of {} (the groups of every norm)", key, width,
         kNormGroups);
}

void read_optimizer(TomlReader reader, OptimizerConfig& config) {
  reader.number("muon_rate", config.muon_rate, 0, 1);
  reader.number("adamw_rate", config.adamw_rate, 0, 1);
  reader.number("embedding_rate", config.embedding_rate, 0, 1);
  reader.number("weight_decay", config.weight_decay, 0, 1);
  reader.reject_unknown();
}

void read_learning(TomlReader& reader, LearningConfig& learning) {
  auto seed = static_cast<std::int64_t>(learning.seed), shards = static_cast<std::int64_t>(learning.shards);
  reader.whole("seed", seed, 0, INT64_MAX);
  reader.whole("shards", shards, 1, 1024);
  reader.number("average_decay", learning.average_decay, 0, 0.99999);
  read_optimizer(reader.table("optimizer"), learning.optimizer);
  learning.seed = static_cast<std::uint64_t>(seed);
  learning.shards = static_cast<int>(shards);
}

void read_stage(TomlReader& reader, StageConfig& stage) {
  reader.number("minutes", stage.minutes, 0, kMostMinutes);
  reader.whole("steps", stage.steps, 0, kMostSteps);
  reader.number("checkpoint_minutes", stage.checkpoint_minutes, 0.01, kMostMinutes);
  reader.number("sheet_minutes", stage.sheet_minutes, 0.01, kMostMinutes);
  reader.whole("log_steps", stage.log_steps, 1, kMostSteps);
  reader.whole("warmup_steps", stage.rate.warmup_steps, 0, kMostSteps);
  reader.number("hold", stage.rate.hold, 0, 1);
  reader.number("floor", stage.rate.floor, 0, 1);
  reader.flag("cosine", stage.rate.is_cosine);
}

/// `key`: of the batch size. Shards are equal parts.
void check_shards(const char* key, std::int64_t batch, int shards) {
  if (batch % shards != 0)
    fail(ErrorCode::kInvalidArgument, "'{}' is {}, expected a multiple of the number of shards, {}", key, batch,
         shards);
}

void read_autoencoder_stage(TomlReader reader, TrainConfig& config) {
  AutoencoderTrainingConfig& training = config.autoencoder_training;
  read_stage(reader, config.autoencoder_stage);
  read_learning(reader, training.learning);
  reader.whole("crop", training.crop, 32, 1024);
  reader.number("crop_share", training.crop_share, 0, 1);
  reader.whole("crop_batch", training.crop_batch, 1, 4096);
  reader.whole("full_batch", training.full_batch, 1, 4096);
  reader.reject_unknown();
  check_shards("train.autoencoder.crop_batch", training.crop_batch, training.learning.shards);
  check_shards("train.autoencoder.full_batch", training.full_batch, training.learning.shards);
  if (training.crop % 64 != 0 || training.crop > config.data.size)
    fail(ErrorCode::kInvalidArgument, "'train.autoencoder.crop' is {}, expected a multiple of 64 up to 'data.size', {}",
         training.crop, config.data.size);
}

void read_captions(TomlReader reader, CaptionConfig& captions) {
  reader.number("dropout", captions.dropout, 0, 1);
  reader.number("simple_share", captions.simple_share, 0, 1);
  reader.numbers("tag_dropout", captions.tag_dropout, 0, 1);
  reader.number("shuffle", captions.shuffle, 0, 1);
  reader.number("single_tag", captions.single_tag, 0, 1);
  reader.number("junk", captions.junk, 0, 1);
  reader.number("quality_dropout", captions.quality_dropout, 0, 1);
  reader.texts("quality_tags", captions.quality_tags);
  reader.texts("subject_tags", captions.subject_tags);
  reader.reject_unknown();
}

void read_samples(TomlReader reader, SampleConfig& samples) {
  reader.texts("prompts", samples.prompts);
  reader.text("negative", samples.negative);
  reader.whole("steps", samples.steps, 1, 1000);
  reader.number("guidance", samples.guidance, 1, 100);
  reader.reject_unknown();
  if (samples.prompts.empty())
    fail(ErrorCode::kInvalidArgument, "'train.denoiser.samples.prompts' is empty, expected at least one prompt");
}

void read_denoiser_stage(TomlReader reader, TrainConfig& config) {
  DenoiserTrainingConfig& training = config.denoiser_training;
  read_stage(reader, config.denoiser_stage);
  read_learning(reader, training.learning);
  reader.whole("batch", training.batch, 1, 65536);
  reader.number("snr_limit", training.snr_limit, 0.001, 1e6);
  read_captions(reader.table("captions"), training.captions);
  read_samples(reader.table("samples"), training.samples);
  reader.reject_unknown();
  check_shards("train.denoiser.batch", training.batch, training.learning.shards);
}

void read_decoder_stage(TomlReader reader, TrainConfig& config) {
  DecoderTrainingConfig& training = config.decoder_training;
  read_stage(reader, config.decoder_stage);
  read_learning(reader, training.learning);
  reader.whole("batch", training.batch, 1, 4096);
  reader.number("noise", training.noise, 0, 1);
  reader.reject_unknown();
  check_shards("train.decoder.batch", training.batch, training.learning.shards);
}

void read_output(TomlReader reader, ExportConfig& output) {
  reader.text("file", output.file);
  reader.text("title", output.title);
  reader.text("author", output.author);
  reader.text("license", output.license);
  reader.text("description", output.description);
  reader.reject_unknown();
}

TrainConfig read_root(TomlReader reader) {
  TrainConfig config;
  config.autoencoder_stage.name = "autoencoder";
  config.denoiser_stage.name = "denoiser";
  config.decoder_stage.name = "decoder";
  reader.text("work_dir", config.work_dir);
  reader.whole("workers", config.workers, 0, 1024);
  read_data(reader.table("data"), config.data);
  read_autoencoder(reader.table("autoencoder"), config.autoencoder);
  read_text(reader.table("text"), config.text);
  read_unet(reader.table("unet"), config.unet);
  config.unet.context_dim = config.text.width;
  check_norm_width("autoencoder.channels", config.autoencoder.channels);
  check_norm_width("unet.model_channels", config.unet.model_channels);
  TomlReader stages = reader.table("train");
  read_autoencoder_stage(stages.table("autoencoder"), config);
  read_denoiser_stage(stages.table("denoiser"), config);
  read_decoder_stage(stages.table("decoder"), config);
  stages.reject_unknown();
  read_output(reader.table("export"), config.output);
  reader.reject_unknown();
  return config;
}

}  // namespace

TrainConfig parse_train_config(std::string_view toml, std::string_view name) {
  try {
    const toml::table table = toml::parse(toml);
    return read_root({table, ""});
  } catch (const toml::parse_error& error) {
    fail(ErrorCode::kInvalidArgument, "'{}' line {}: {}", printable(name), error.source().begin.line,
         printable(error.description()));
  }
}

TrainConfig read_train_config(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) fail(ErrorCode::kNotFound, "configuration '{}' cannot be read", printable(path.string()));
  std::ostringstream text;
  text << file.rdbuf();
  return parse_train_config(text.str(), path.string());
}

}  // namespace fude::training
