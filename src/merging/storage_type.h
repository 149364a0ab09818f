#pragma once

#include <string_view>

#include "io/tensor_record.h"

namespace fude::merging {

/// The type of floating-point tensors in a file that is written.
enum class StorageType { kSame, kFloat, kHalf, kBFloat16, kF8E4M3, kF8E5M2 };

/// "same", "fp32", "fp16", "bf16", "fp8" or "fp8-e4m3fn", "fp8-e5m2". Throws Error(kInvalidArgument).
StorageType parse_storage_type(std::string_view name);

bool is_floating(const io::TensorRecord& record);

/// What a tensor of that name becomes. Integers stay; "same" makes fp16 of quantised numbers, and of 8 bits with
/// scales. Of 8 bits become only matrices and kernels outside of the autoencoder: there, and in what is added to every
/// picture element, 8 bits would be seen. The rest is fp16 then. Precondition: the record's type is not kOther.
io::TensorType stored_as(const io::TensorRecord& record, std::string_view name, StorageType type);

}  // namespace fude::merging
