#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <initializer_list>

#include "ops/cpu/thread_pool.h"

namespace fude::ops::cpu {

/// Elements that one thread takes at a time of an operation that is bound by memory: bfloat16 ones fill a small part of
/// its cache, and the time is some ten microseconds.
inline constexpr std::int64_t kElementsAtOnce = std::int64_t{1} << 15;

/// Runs `typed(T{})` with the C++ type that the kernels use for x's numbers, float or bfloat16.
template <typename Typed>
void for_type_of(const at::Tensor& x, const Typed& typed) {
  if (x.scalar_type() == at::kFloat)
    typed(float{});
  else
    typed(std::uint16_t{});
}

template <typename T>
T* elements(const at::Tensor& t) {
  return static_cast<T*>(t.data_ptr());
}

/// Whether autograd has to see what is made of these.
inline bool needs_gradient(std::initializer_list<at::Tensor> inputs) {
  if (!at::GradMode::is_enabled()) return false;
  for (const at::Tensor& t : inputs)
    if (t.defined() && t.requires_grad()) return true;
  return false;
}

/// task(i) for every i in [0, count), in parallel: inference over the compute pool.
inline constexpr auto share_out = [](std::int64_t count, const auto& task) { compute_pool().run(count, task); };

/// The same in training, whose threads are ATen's.
inline constexpr auto share_out_in_training = [](std::int64_t count, const auto& task) {
  at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) task(i);
  });
};

}  // namespace fude::ops::cpu
