#pragma once

#include <ATen/ATen.h>

#include <string>

#include "ops/cpu/instruction_set.h"
#include "pipelines/making_notes.h"
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

/// What a user says about computing, as choose_engine() and memory_mode_from() take it.
struct EngineWishes {
  std::string device = "auto";
  std::string precision = "auto";
  std::string memory = "auto";
  int threads = 0;  // of the processor; 0: one a core
};

/// Makes the process ready to compute that way. Throws Error(kInvalidArgument).
EngineOptions prepare_engine(const EngineWishes& wishes);

/// Throws Error(kInvalidArgument) where products in 8 bits are not to be had or not the fastest, naming what is.
void require_int8(at::Device device, ops::cpu::InstructionSet set);

/// "fp32", "bf16", "fp16" or "int8".
std::string precision_name(const EngineOptions& engine);

/// What pictures made by it say of it.
EngineProfile profile_of(const EngineOptions& engine);

}  // namespace fude::pipelines
