#include "pipelines/engine_options.h"

#include <charconv>

#include "core/error.h"
#include "core/platform/processors.h"
#include "ops/tensor_memory.h"
#include "ops/threads.h"

namespace fude::pipelines {
namespace {

at::Device parse_device(const std::string& name) {
  if (name == "auto") return at::hasCUDA() ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
  if (name == "cpu") return at::kCPU;
  if (!at::hasCUDA()) {
    fail(ErrorCode::kInvalidArgument, "--device is '{}', but this build or machine has no CUDA device; use cpu", name);
  }
  int number = 0;
  if (name.size() > 5) std::from_chars(name.data() + 5, name.data() + name.size(), number);
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(number));
}

// On a GPU half precision is what everybody uses. A processor that multiplies bfloat16 is several times as fast with
// it, and its pictures are those of fp32 to the eye (docs/performance.md); elsewhere bfloat16 gains nothing.
at::ScalarType automatic_precision(at::Device device) {
  if (!device.is_cpu()) return at::kHalf;
  return ops::cpu::multiplies_bf16(ops::cpu::instruction_set()) ? at::kBFloat16 : at::kFloat;
}

at::ScalarType parse_precision(const std::string& name, at::Device device) {
  if (name == "fp32") return at::kFloat;
  if (name == "bf16" || name == "int8") return at::kBFloat16;
  if (name == "fp16") {
    if (device.is_cpu()) {
      fail(ErrorCode::kInvalidArgument, "--precision fp16 needs a GPU, expected fp32 or bf16 on a CPU");
    }
    return at::kHalf;
  }
  return automatic_precision(device);
}

}  // namespace

void require_int8(at::Device device, ops::cpu::InstructionSet set) {
  if (!device.is_cpu()) {
    fail(ErrorCode::kInvalidArgument, "--precision int8 is for processors, expected fp16, bf16 or fp32 on a GPU");
  }
  if (ops::cpu::multiplies_int8(set)) return;
  fail(ErrorCode::kInvalidArgument,
       "--precision int8 needs a processor with AVX-512 VNNI or AMX-INT8, but '{}' is in use here; use {}",
       name_of(set), ops::cpu::multiplies_bf16(set) ? "bf16" : "bf16 or fp32");
}

EngineOptions choose_engine(const std::string& device, const std::string& precision) {
  const at::Device chosen = parse_device(device);
  if (!chosen.is_cpu()) {
    // Single precision is single precision, and the same request gives the same picture; cuDNN's search for the fastest
    // kernel (setBenchmarkCuDNN) stays off, since what it finds differs from run to run.
    at::globalContext().setAllowTF32CuDNN(false);
    at::globalContext().setDeterministicCuDNN(true);
  }
  const bool is_int8 = precision == "int8";
  if (is_int8) require_int8(chosen, ops::cpu::instruction_set());
  return {.type = parse_precision(precision, chosen), .device = chosen, .multiplies_int8 = is_int8};
}

std::string precision_name(const EngineOptions& engine) {
  if (engine.multiplies_int8) return "int8";
  if (engine.type == at::kBFloat16) return "bf16";
  return engine.type == at::kHalf ? "fp16" : "fp32";
}

EngineProfile profile_of(const EngineOptions& engine) {
  if (!engine.device.is_cpu()) return {.device = "cuda", .precision = precision_name(engine)};
  return {.device = "cpu",
          .precision = precision_name(engine),
          .kernels = std::string(name_of(ops::cpu::instruction_set()))};
}

EngineOptions prepare_engine(const EngineWishes& wishes) {
  ops::reuse_tensor_memory();
  ops::use_threads(wishes.threads > 0 ? wishes.threads : platform::available_cores());
  EngineOptions engine = choose_engine(wishes.device, wishes.precision);
  engine.memory = memory_mode_from(wishes.memory);
  return engine;
}

}  // namespace fude::pipelines
