#include "ops/cpu/aligned_buffer.h"

#include <sys/mman.h>

#include <array>
#include <cstdlib>
#include <new>

namespace fude::ops::cpu {
namespace {

constexpr std::size_t kCacheLine = 64, kHugePage = std::size_t{2} << 20;
constexpr int kSlots = 4;

}  // namespace

AlignedBuffer::AlignedBuffer(std::size_t bytes) : size_(bytes) {
  if (bytes == 0) return;
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : kCacheLine;
  data_ = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (data_ == nullptr) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
  if (alignment == kHugePage) madvise(data_, bytes, MADV_HUGEPAGE);
#endif
}

AlignedBuffer::~AlignedBuffer() { std::free(data_); }

void* thread_scratch(std::size_t bytes, int slot) {
  thread_local std::array<AlignedBuffer, kSlots> kept;
  AlignedBuffer& buffer = kept.at(static_cast<std::size_t>(slot));
  if (buffer.size() < bytes) buffer = AlignedBuffer(bytes);
  return buffer.data();
}

}  // namespace fude::ops::cpu
