#include "ops/tensor_memory.h"

#include <ATen/ATen.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

#include <cstring>

#include "core/platform/memory_region.h"

namespace fude::ops {
namespace {

constexpr std::size_t kLeastBytes = std::size_t{1} << 20;  // the system's allocator serves smaller ones well
constexpr std::size_t kAddresses = std::size_t{64} << 30;
constexpr std::size_t kKept = std::size_t{1} << 30;

// Never destroyed: tensors may live until the very end of the process.
platform::MemoryRegion& region() {
  static auto* const region = new platform::MemoryRegion(kAddresses, kKept);
  return *region;
}

// One for both kinds of memory: libtorch's convolutions free what they allocate by the allocator's only deleter.
void give_back(void* piece) {
  if (region().holds(piece)) {
    region().give_back(piece);
  } else {
    c10::free_cpu(piece);
  }
}

at::DataPtr allocate_in_region(std::size_t bytes) {
  void* piece = bytes >= kLeastBytes ? region().take(bytes) : nullptr;
  if (piece == nullptr) piece = c10::alloc_cpu(bytes);
  return {piece, piece, &give_back, at::DeviceType::CPU};
}

struct ReusingAllocator final : at::Allocator {
  // libtorch made allocate() non-const in 2.3, and asks for copy_data() since then: one of the two is the override.
  at::DataPtr allocate(std::size_t bytes) const { return allocate_in_region(bytes); }
  at::DataPtr allocate(std::size_t bytes) { return allocate_in_region(bytes); }
  at::DeleterFnPtr raw_deleter() const override { return &give_back; }
  void copy_data(void* to, const void* from, std::size_t bytes) const { std::memcpy(to, from, bytes); }
};

}  // namespace

void reuse_tensor_memory() {
#if !defined(__SANITIZE_ADDRESS__)
  static const bool is_installed = [] {
    static ReusingAllocator allocator;
    c10::SetCPUAllocator(&allocator, /*priority=*/1);
    return true;
  }();
  static_cast<void>(is_installed);
#endif
}

}  // namespace fude::ops
