#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/safetensors_writer.h"
#include "models/adapters/adapter.h"
#include "models/stable_diffusion.h"
#include "random_checkpoint.h"
#include "weights/state_dict.h"

/// What a prompt that names another LoRA costs before its first step.
namespace fude::bench {
namespace {

constexpr int64_t kRank = 32;

/// The module's name in kohya's files; empty for what those leave alone.
std::string lora_name(std::string_view tensor) {
  constexpr std::string_view kUNet = "model.diffusion_model.", kText = "cond_stage_model.transformer.";
  if (!tensor.ends_with(".weight")) return {};
  std::string name(tensor.substr(0, tensor.size() - std::string_view(".weight").size()));
  const auto has = [&](std::string_view piece) { return name.find(piece) != std::string::npos; };
  if (name.starts_with(kUNet)) {
    if (!has("transformer_blocks") && !has("proj_in") && !has("proj_out")) return {};
    name.replace(0, kUNet.size(), "lora_unet_");
  } else {
    if (!name.starts_with(kText) || !has("layers")) return {};
    name.replace(0, kText.size(), "lora_te_");
  }
  std::ranges::replace(name, '.', '_');
  return name;
}

std::shared_ptr<const models::Adapter> random_lora(const weights::TensorIndex& checkpoint,
                                                   const std::filesystem::path& path) {
  std::map<std::string, at::Tensor> tensors;
  for (const auto& [tensor, shape] : checkpoint) {
    const std::string name = lora_name(tensor);
    if (name.empty() || shape.size() < 2) continue;  // a norm or a bias
    std::vector<int64_t> up(shape.size(), 1), down(shape.size(), 1);
    up[0] = shape[0], up[1] = down[0] = kRank, down[1] = shape[1];
    tensors[name + ".lora_up.weight"] = at::randn(up).mul_(0.01).to(at::kHalf);
    tensors[name + ".lora_down.weight"] = at::randn(down).mul_(0.01).to(at::kHalf);
    tensors[name + ".alpha"] = at::scalar_tensor(kRank / 2.0, at::kHalf);
  }
  io::write_safetensors(path, tensors);
  return std::make_shared<const models::Adapter>(io::TensorFile::open(path), path.string());
}

/// A model and two LoRAs of its size.
class Fixture {
 public:
  Fixture(const RandomCheckpoint& checkpoint, at::ScalarType type)
      : file_(io::TensorFile::open(checkpoint.path())),
        index_(weights::index_of(file_)),
        table_(index_),
        model_(models::load_stable_diffusion(file_, {.type = type})) {
    for (int i = 0; i < 2; ++i) {
      const std::string path = checkpoint.path().string() + ".lora" + std::to_string(i);
      loras_.push_back(random_lora(index_, path));
      std::filesystem::remove(path);  // it stays mapped
    }
  }

  /// Returns how many weights were made anew.
  std::size_t use(std::size_t lora) {
    weights::WeightPatches patches;
    models::add_patches(loras_.at(lora), {}, index_, table_, patches);
    return model_.weights.set_patches(patches);
  }

  std::size_t use_none() { return model_.weights.set_patches({}); }

 private:
  io::TensorFile file_;
  weights::TensorIndex index_;
  models::ModuleTable table_;
  models::StableDiffusion model_;
  std::vector<std::shared_ptr<const models::Adapter>> loras_;
};

void switch_lora(benchmark::State& state, const RandomCheckpoint& checkpoint, at::ScalarType type) {
  Fixture fixture(checkpoint, type);
  fixture.use(0);
  std::size_t next = 1, remade = 0;
  for (auto _ : state) {
    remade = fixture.use(next);
    next = 1 - next;
  }
  state.counters["weights"] = static_cast<double>(remade);
}

void first_lora(benchmark::State& state, const RandomCheckpoint& checkpoint, at::ScalarType type) {
  Fixture fixture(checkpoint, type);
  for (auto _ : state) {
    fixture.use(0);
    state.PauseTiming();
    fixture.use_none();
    state.ResumeTiming();
  }
}

void take_back(benchmark::State& state, const RandomCheckpoint& checkpoint, at::ScalarType type) {
  Fixture fixture(checkpoint, type);
  for (auto _ : state) {
    state.PauseTiming();
    fixture.use(0);
    state.ResumeTiming();
    fixture.use_none();
  }
}

struct NamedRun {
  std::string_view name;
  void (*run)(benchmark::State&, const RandomCheckpoint&, at::ScalarType);
};
constexpr std::array kRuns{NamedRun{"SwitchLora", switch_lora}, NamedRun{"FirstLora", first_lora},
                           NamedRun{"TakeLoraBack", take_back}};

}  // namespace
}  // namespace fude::bench

int main(int argc, char** argv) {
  using namespace fude::bench;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const RandomCheckpoint checkpoint;
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const std::string ending = type == at::kFloat ? "/fp32" : "/bf16";
    for (const auto& [name, run] : kRuns) {
      benchmark::RegisterBenchmark((std::string(name) + ending).c_str(), run, std::cref(checkpoint), type)
          ->Unit(benchmark::kSecond)
          ->UseRealTime();
    }
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
