#include "ops/packing.h"

#include <ATen/core/grad_mode.h>

#include "core/error.h"

namespace fude::ops {

bool packs(at::ScalarType type, at::Device device) {
  const bool has_kernels = cpu::instruction_set() != cpu::InstructionSet::kPortable;
  return device.is_cpu() && has_kernels && (type == at::kFloat || type == at::kBFloat16);
}

cpu::PackedFormat packed_format(at::ScalarType type, ProductKind kind) {
  if (kind == ProductKind::kEightBit) {
    return {cpu::int8_product_kernels(cpu::instruction_set()), cpu::Element::kBfloat16};
  }
  return {cpu::instruction_set(), type == at::kFloat ? cpu::Element::kFloat : cpu::Element::kBfloat16};
}

at::ScalarType type_of(cpu::Element element) { return element == cpu::Element::kFloat ? at::kFloat : at::kBFloat16; }

StoredTensor::StoredTensor(const at::Tensor& stored) : tensor(stored.contiguous()) {
  numbers.type = cpu::StoredType::kFloat;
  if (tensor.scalar_type() == at::kHalf) {
    numbers.type = cpu::StoredType::kHalf;
  } else if (tensor.scalar_type() == at::kBFloat16) {
    numbers.type = cpu::StoredType::kBfloat16;
  } else {
    tensor = tensor.to(at::kFloat);
  }
  numbers.data = tensor.data_ptr();
}

std::vector<float> panel_bias(const cpu::PackedMatrix& matrix, cpu::ColumnOrder order, const at::Tensor& bias) {
  const int64_t width = matrix.panel_columns();
  std::vector<float> values(static_cast<std::size_t>(matrix.panels() * width));
  if (!bias.defined()) return values;
  const at::Tensor numbers = bias.to(at::kFloat).contiguous();
  const float* number = numbers.data_ptr<float>();
  for (int64_t i = 0; i < matrix.panels() * width; ++i) {
    const int64_t output = cpu::output_at(matrix, i / width, i % width, order);
    if (output >= 0) values[static_cast<std::size_t>(i)] = number[output];
  }
  return values;
}

at::Tensor as_packed_input(const at::Tensor& x, const cpu::PackedFormat& format) {
  if (at::GradMode::is_enabled() && x.requires_grad()) {
    fail(ErrorCode::kInvalidArgument, "a layer loaded for inference was asked for gradients");
  }
  return x.to(type_of(format.element));
}

}  // namespace fude::ops
