#include <benchmark/benchmark.h>

#include "ops/attention.h"
#include "ops/linear.h"
#include "ops/normalization.h"
#include "ops/tensor_memory.h"

/// The operations a Stable Diffusion 1.x U-Net spends its time in, at the shapes of a 512x512 picture with guidance
/// (batch 2). Arguments are named as in the README; "GFLOPS" counts a multiply-add as two.
namespace fude {
namespace {

// As the program does: fresh pages for each result would be timed otherwise.
[[maybe_unused]] const bool kReusesMemory = [] {
  ops::reuse_tensor_memory();
  return true;
}();

at::ScalarType type_of(const benchmark::State& state) { return state.range(0) == 0 ? at::kFloat : at::kBFloat16; }

void count_work(benchmark::State& state, double multiply_adds) {
  state.SetLabel(state.range(0) == 0 ? "fp32" : "bf16");
  state.counters["GFLOPS"] =
      benchmark::Counter(2e-9 * multiply_adds * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void Conv3x3(benchmark::State& state) {
  const at::InferenceMode guard;
  const int64_t in = state.range(1), out = state.range(2), side = state.range(3);
  const at::Tensor x = at::randn({2, in, side, side}, type_of(state));
  const at::Tensor weight = at::randn({out, in, 3, 3}, type_of(state)), bias = at::randn({out}, type_of(state));
  for (auto _ : state) benchmark::DoNotOptimize(ops::conv2d(x, weight, bias, {.stride = 1, .padding = 1}));
  count_work(state, 2.0 * 9 * in * out * side * side);
}
BENCHMARK(Conv3x3)
    ->ArgNames({"bf16", "in", "out", "side"})
    ->ArgsProduct({{0, 1}, {320}, {320}, {64}})
    ->ArgsProduct({{0, 1}, {640}, {640}, {32}})
    ->ArgsProduct({{0, 1}, {1280}, {1280}, {16}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void Linear(benchmark::State& state) {
  const at::InferenceMode guard;
  const int64_t tokens = state.range(1), in = state.range(2), out = state.range(3);
  const at::Tensor x = at::randn({2, tokens, in}, type_of(state));
  const at::Tensor weight = at::randn({out, in}, type_of(state)), bias = at::randn({out}, type_of(state));
  for (auto _ : state) benchmark::DoNotOptimize(ops::linear(x, weight, bias));
  count_work(state, 2.0 * tokens * in * out);
}
BENCHMARK(Linear)
    ->ArgNames({"bf16", "tokens", "in", "out"})
    ->ArgsProduct({{0, 1}, {4096}, {320}, {2560}})
    ->ArgsProduct({{0, 1}, {1024}, {640}, {5120}})
    ->ArgsProduct({{0, 1}, {256}, {5120}, {1280}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void Attention(benchmark::State& state) {
  const at::InferenceMode guard;
  const int64_t batch = state.range(1), tokens = state.range(2), context = state.range(3), heads = state.range(4);
  const int64_t width = heads * state.range(5);
  const at::Tensor q = at::randn({batch, tokens, width}, type_of(state));
  const at::Tensor k = at::randn({batch, context, width}, type_of(state)), v = at::randn_like(k);
  for (auto _ : state) benchmark::DoNotOptimize(ops::attention(q, k, v, {.heads = heads}));
  count_work(state, 2.0 * static_cast<double>(batch * tokens * context * width));
}
BENCHMARK(Attention)
    ->ArgNames({"bf16", "batch", "tokens", "context", "heads", "depth"})
    ->ArgsProduct({{0, 1}, {2}, {4096}, {4096, 77}, {8}, {40}})
    ->ArgsProduct({{0, 1}, {2}, {1024}, {1024, 77}, {8}, {80}})
    ->ArgsProduct({{0, 1}, {2}, {256}, {256, 77}, {8}, {160}})
    ->ArgsProduct({{0, 1}, {2}, {4096}, {4096}, {10}, {64}})
    ->ArgsProduct({{0, 1}, {2}, {1024}, {1024}, {20}, {64}})
    ->ArgsProduct({{0, 1}, {1}, {4096}, {4096}, {1}, {512}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void GroupNormSilu(benchmark::State& state) {
  const at::InferenceMode guard;
  const int64_t channels = state.range(1), side = state.range(2);
  const at::Tensor x = at::randn({2, channels, side, side}, type_of(state));
  const at::Tensor weight = at::randn({channels}, type_of(state)), bias = at::randn({channels}, type_of(state));
  for (auto _ : state) benchmark::DoNotOptimize(ops::group_norm_silu(x, 32, weight, bias, 1e-5));
  state.SetLabel(state.range(0) == 0 ? "fp32" : "bf16");
  state.SetBytesProcessed(state.iterations() * 2 * static_cast<int64_t>(x.nbytes()));
}
BENCHMARK(GroupNormSilu)
    ->ArgNames({"bf16", "channels", "side"})
    ->ArgsProduct({{0, 1}, {320}, {64}})
    ->ArgsProduct({{0, 1}, {1280}, {16}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace fude
