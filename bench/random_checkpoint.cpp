#include "random_checkpoint.h"

#include <ATen/ATen.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "io/safetensors_writer.h"
#include "models/stable_diffusion.h"
#include "weights/weight_view.h"

namespace fude::bench {
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
  static constexpr int64_t kLargest = 49408 * 768;  // the token embedding

  // 0.02, the usual scale of trained weights, keeps half precision far from its limits.
  at::Tensor numbers_ = at::randn({kLargest}).mul_(0.02).to(at::kHalf);
  std::map<std::string, at::Tensor> taken_;
};

}  // namespace

RandomCheckpoint::RandomCheckpoint() {
  const char* cache = std::getenv("FUDE_BENCH_CACHE");
  is_kept_ = cache != nullptr;
  path_ = is_kept_
              ? std::filesystem::path(cache) / "sd15-random.safetensors"
              : std::filesystem::temp_directory_path() / ("fude-bench-" + std::to_string(getpid()) + ".safetensors");
  if (is_kept_) std::filesystem::create_directories(cache);
  if (std::filesystem::exists(path_)) return;
  std::fprintf(stderr, "writing a random checkpoint (2.1 GB) to %s\n", path_.c_str());
  write_random_checkpoint(path_);
}

RandomCheckpoint::~RandomCheckpoint() {
  std::error_code ignored;
  if (!is_kept_) std::filesystem::remove(path_, ignored);
}

void write_random_checkpoint(const std::filesystem::path& path) {
  RandomSource source;
  const weights::WeightView root(source);
  models::ClipTextEncoder(root / "cond_stage_model" / "transformer" / "text_model", models::ClipTextConfig{});
  models::UNet(root / "model" / "diffusion_model", models::UNetConfig{});
  models::AutoencoderKL(root / "first_stage_model", models::AutoencoderKLConfig{});
  io::write_safetensors(path, source.taken());
}

}  // namespace fude::bench
