#include "weights/device_copies.h"

#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace fude::weights {

at::Tensor ready_to_copy(const at::Tensor& tensor, at::Device device) {
  const at::Tensor waiting = tensor.to(at::kCPU);
  if (!device.is_cuda()) return waiting;
  try {
    return waiting.pin_memory();
  } catch (const c10::Error&) {  // the system lets programs lock so much and no more; slower copies are copies, too
    return waiting;
  }
}

at::Tensor copied_to(const at::Tensor& tensor, at::Device device) {
  return tensor.to(device, tensor.scalar_type(), /*non_blocking=*/true, /*copy=*/true);
}

SideCopy::SideCopy(const at::Tensor& tensor, at::Device device) {
  if (device.is_cpu()) {
    copy_ = copied_to(tensor, device);
    return;
  }
  const c10::impl::VirtualGuardImpl gpu(device.type());
  const c10::StreamGuard beside(gpu.getStreamFromGlobalPool(device));
  copy_ = copied_to(tensor, device);
  is_done_.emplace(device.type());
  is_done_->record(beside.current_stream());
}

at::Tensor SideCopy::arrived() const {
  if (!is_done_) return copy_;
  const c10::Stream computing = c10::impl::VirtualGuardImpl(copy_.device().type()).getStream(copy_.device());
  is_done_->block(computing);
  copy_.record_stream(computing);  // its memory is not given to the next copy before it was used
  return copy_;
}

void wait_for(at::Device device) {
  if (device.is_cpu()) return;
  const c10::impl::VirtualGuardImpl gpu(device.type());
  gpu.synchronizeStream(gpu.getStream(device));
}

}  // namespace fude::weights
