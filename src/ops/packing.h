#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "ops/cpu/packed_matrix.h"

/// From tensors to what the kernels of ops/cpu take.
namespace fude::ops {

/// Whether weights computed with in `type` on `device` are packed for kernels of our own: on a processor that has some,
/// in fp32 and bfloat16.
bool packs(at::ScalarType type, at::Device device);

/// Precondition: packs(type, kCPU).
cpu::PackedFormat packed_format(at::ScalarType type);

at::ScalarType type_of(cpu::Element element);

/// The numbers of a CPU tensor of any floating type, contiguous; the result holds on to what it must convert.
struct StoredTensor {
  explicit StoredTensor(const at::Tensor& stored);

  at::Tensor tensor;
  cpu::StoredNumbers numbers;
};

/// bias [out] in the order of the matrix's panels, zero where there is none (undefined).
std::vector<float> panel_bias(const cpu::PackedMatrix& matrix, cpu::ColumnOrder order, const at::Tensor& bias);

/// x as the packed weight takes it: its type, no gradient. Throws Error(kInvalidArgument) when a gradient is wanted:
/// packed weights are for inference.
at::Tensor as_packed_input(const at::Tensor& x, const cpu::PackedFormat& format);

}  // namespace fude::ops
