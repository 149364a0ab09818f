#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>

#include "io/tensor_file.h"
#include "models/stable_diffusion.h"
#include "random_checkpoint.h"

/// One denoising step of Stable Diffusion 1.x as text_to_image takes it: both halves of the guidance in one batch.
namespace fude::bench {
namespace {

namespace fs = std::filesystem;

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
  const RandomCheckpoint checkpoint;
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
