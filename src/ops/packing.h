#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "ops/cpu/packed_matrix.h"

/// From tensors to what the kernels of ops/cpu take.
namespace fude::ops {

/// Whether weights computed with in `type` on `device` are packed for kernels of our own: on a processor that has some,
/// in fp32 and bfloat16.
bool packs(at::ScalarType type, at::Device device);

/// How products with a packed weight are computed.
enum class ProductKind {
  kExact,     ///< in the type that was asked for
  kEightBit,  ///< bfloat16 in and out, rows and weights rounded to 8 bits in between
};

/// Precondition: packs(type, kCPU); for kEightBit bfloat16 and cpu::multiplies_int8(cpu::instruction_set()).
cpu::PackedFormat packed_format(at::ScalarType type, ProductKind kind = ProductKind::kExact);

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
