#pragma once

#include <ATen/ATen.h>

#include <string>

#include "ops/cpu/instruction_set.h"
#include "pipelines/memory_plan.h"

namespace fude::pipelines {

/// What the networks run on and in.
struct EngineOptions {
  at::ScalarType type = at::kFloat;
  at::Device device = at::kCPU;
  MemoryMode memory = MemoryMode::kAuto;
  bool multiplies_int8 = false;  ///< the U-Net's linear layers and 1x1 convolutions; type is bfloat16
};

/// `device`: "cpu", "cuda", "cuda:N" or "auto"; `precision`: "fp32", "bf16", "fp16", "int8" or "auto"; "auto" is a GPU
/// when there is one, with half precision there; on a processor bf16 where it multiplies that (AVX512-BF16, AMX), else
/// fp32.
/// Throws Error(kInvalidArgument) when the device is not there or cannot compute in that precision.
EngineOptions choose_engine(const std::string& device, const std::string& precision);

/// Throws Error(kInvalidArgument) where products in 8 bits are not to be had or not the fastest, naming what is.
void require_int8(at::Device device, ops::cpu::InstructionSet set);

/// "fp32", "bf16", "fp16" or "int8".
std::string precision_name(const EngineOptions& engine);

}  // namespace fude::pipelines
