#pragma once

#include <ATen/ATen.h>
#include <c10/core/Event.h>

#include <optional>

/// Copies from RAM to a device that computes meanwhile. On a processor they are plain copies.
namespace fude::weights {

/// `tensor` in RAM, such that copies to `device` need not wait for the processor: page-locked for a GPU, where the
/// system allows as much of it.
at::Tensor ready_to_copy(const at::Tensor& tensor, at::Device device);

/// A copy on `device`, in the order of what is computed there. It is a copy also where `tensor` is there already.
at::Tensor copied_to(const at::Tensor& tensor, at::Device device);

/// A copy to a device beside what is computed there.
class SideCopy {
 public:
  SideCopy(const at::Tensor& tensor, at::Device device);

  /// The copy, for use by what is computed on the device from now on.
  at::Tensor arrived() const;
  std::int64_t bytes() const { return static_cast<std::int64_t>(copy_.nbytes()); }

 private:
  at::Tensor copy_;
  std::optional<c10::Event> is_done_;  // absent: it was made at once
};

/// Waits until the device has computed all that it was asked for.
void wait_for(at::Device device);

}  // namespace fude::weights
