#pragma once

#include <ATen/ATen.h>

#include "io/tensor_record.h"

namespace fude::io {

/// The tensor library's type for a stored type; kFloat for the packed ones. Precondition: type is not kOther.
at::ScalarType scalar_type(TensorType type);

/// The stored type for the tensor library's. Throws Error(kInvalidArgument) for a type no file format here has.
TensorType stored_type(at::ScalarType type);

}  // namespace fude::io
