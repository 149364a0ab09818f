#pragma once

#include "ops/attention.h"

namespace fude::ops::cpu {

/// Whether the function below takes these, q [B,N,D], k and v [B,M,D]: on the CPU, all float or all bfloat16, not
/// empty, no gradient wanted, and the instruction set in use has kernels.
bool can_attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v);

/// As ops::attention, without a matrix of scores: a few queries and keys are worked on at a time. Products of bfloat16
/// tensors are bfloat16's where the processor has such; sums and exponentials are floats. Rows may lie apart, as in a
/// slice of a wider tensor. Results depend neither on the number of threads nor on the other pictures of the batch.
/// Takes up to 8 MB beside the result, or twice a head's keys if that is more. Precondition: can_attend(q, k, v).
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, AttentionOptions options);

}  // namespace fude::ops::cpu
