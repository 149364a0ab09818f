#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "io/tensor_file.h"
#include "models/stable_diffusion.h"
#include "random_checkpoint.h"

/// One denoising step of Stable Diffusion 1.x as text_to_image takes it: both halves of the guidance in one batch.
namespace fude::bench {
namespace {

namespace fs = std::filesystem;

/// The random checkpoint: kept in $FUDE_BENCH_CACHE when that is set, else written to the temporary folder and
/// removed at the end.
class Checkpoint {
 public:
  Checkpoint() {
    const char* cache = std::getenv("FUDE_BENCH_CACHE");
    is_kept_ = cache != nullptr;
    path_ = is_kept_ ? fs::path(cache) / "sd15-random.safetensors"
                     : fs::temp_directory_path() / ("fude-bench-" + std::to_string(getpid()) + ".safetensors");
    if (is_kept_) fs::create_directories(cache);
    if (fs::exists(path_)) return;
    std::fprintf(stderr, "writing a random checkpoint (2.1 GB) to %s\n", path_.c_str());
    write_random_checkpoint(path_);
  }
  ~Checkpoint() {
    std::error_code ignored;
    if (!is_kept_) fs::remove(path_, ignored);
  }
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  bool is_kept_ = false;
};

void load(benchmark::State& state, const fs::path& checkpoint, at::ScalarType type) {
  const at::InferenceMode guard;
  for (auto _ : state) {
    benchmark::DoNotOptimize(models::load_stable_diffusion(io::TensorFile::open(checkpoint), {.type = type}));
  }
}

void unet_step(benchmark::State& state, const fs::path& checkpoint, at::ScalarType type) {
  const at::InferenceMode guard;
  const int64_t side = state.range(0) / 8;
  const auto model = models::load_stable_diffusion(io::TensorFile::open(checkpoint), {.type = type});
  const at::Tensor x = at::randn({2, 4, side, side}, type), context = at::randn({2, 77, 768}, type);
  const at::Tensor timestep = at::full({2}, 500.0);
  for (auto _ : state) benchmark::DoNotOptimize(model.unet.forward(x, timestep, context));
}

}  // namespace
}  // namespace fude::bench

int main(int argc, char** argv) {
  using namespace fude::bench;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const Checkpoint checkpoint;
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const std::string name = type == at::kFloat ? "/fp32" : "/bf16";
    benchmark::RegisterBenchmark(("Load" + name).c_str(), load, checkpoint.path(), type)
        ->Unit(benchmark::kSecond)
        ->UseRealTime();
    benchmark::RegisterBenchmark(("UNetStep" + name).c_str(), unet_step, checkpoint.path(), type)
        ->ArgName("side")
        ->Arg(512)
        ->Unit(benchmark::kSecond)
        ->UseRealTime();
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
