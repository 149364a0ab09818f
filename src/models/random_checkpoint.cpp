#include "models/random_checkpoint.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <map>
#include <random>
#include <string>
#include <string_view>
#include <system_error>

#include "io/safetensors_writer.h"
#include "models/stable_diffusion.h"
#include "weights/weight_view.h"

namespace fude::models {
namespace {

/// Gives every layer that asks a view of the same random numbers, and remembers who asked.
class RandomSource : public weights::TensorSource {
 public:
  at::Tensor take(const std::string& key, at::IntArrayRef shape) override {
    const at::Tensor tensor = numbers_.narrow(0, 0, c10::multiply_integers(shape)).view(shape);
    taken_[key] = tensor;
    return tensor;
  }

  const std::map<std::string, at::Tensor>& taken() const { return taken_; }

 private:
  static constexpr int64_t kLargest = 49408 * 1280;  // a token embedding

  // 0.02, the usual scale of trained weights, keeps half precision far from its limits.
  at::Tensor numbers_ = at::randn({kLargest}).mul_(0.02).to(at::kHalf);
  std::map<std::string, at::Tensor> taken_;
};

void take_stable_diffusion_1(const weights::WeightView& root) {
  ClipTextEncoder(root / "cond_stage_model" / "transformer" / "text_model", ClipTextConfig{});
  UNet(root / "model" / "diffusion_model", UNetConfig{});
}

// arXiv:2307.01952, table 1, and the configuration released with SDXL 1.0.
void take_sdxl(const weights::WeightView& root) {
  const weights::WeightView encoders = root / "conditioner" / "embedders";
  ClipTextEncoder(encoders / 0 / "transformer" / "text_model", ClipTextConfig{});
  ClipTextEncoder(encoders / 1 / "transformer" / "text_model",
                  ClipTextConfig{.width = 1280, .mlp_width = 5120, .layers = 32, .heads = 20, .projection_dim = 1280});
  UNet(root / "model" / "diffusion_model", UNetConfig{.channel_mult = {1, 2, 4},
                                                      .transformer_depth = {0, 2, 10},
                                                      .middle_transformer_depth = 10,
                                                      .context_dim = 2048,
                                                      .heads = 0,
                                                      .head_width = 64,
                                                      .has_linear_projections = true,
                                                      .vector_dim = 2816});
}

}  // namespace

void write_random_checkpoint(const std::filesystem::path& path, RandomFamily family) {
  RandomSource source;
  const weights::WeightView root(source);
  if (family == RandomFamily::kSdxl)
    take_sdxl(root);
  else
    take_stable_diffusion_1(root);
  AutoencoderKL(root / "first_stage_model", AutoencoderKLConfig{});
  io::write_safetensors(path, source.taken());
}

RandomCheckpoint::RandomCheckpoint(RandomFamily family, const std::filesystem::path& kept_in,
                                   const std::function<void(const std::filesystem::path&)>& on_writing)
    : is_kept_(!kept_in.empty()) {
  const std::string_view name = family == RandomFamily::kSdxl ? "sdxl-random" : "sd15-random";
  if (is_kept_) {
    path_ = kept_in / fmt::format("{}.safetensors", name);
    std::filesystem::create_directories(kept_in);
    if (std::filesystem::exists(path_)) return;
  } else {
    path_ = std::filesystem::temp_directory_path() / fmt::format("{}-{}.safetensors", name, std::random_device()());
  }
  on_writing(path_);
  write_random_checkpoint(path_, family);
}

RandomCheckpoint::~RandomCheckpoint() {
  std::error_code ignored;
  if (!is_kept_) std::filesystem::remove(path_, ignored);
}

}  // namespace fude::models
