#pragma once

#include <cstddef>
#include <utility>

namespace fude::ops::cpu {

/// Memory for packed weights and for what kernels work in, aligned to cache lines; large pieces are aligned to huge
/// pages, which the system is asked to use. Not initialised.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  /// Throws std::bad_alloc.
  explicit AlignedBuffer(std::size_t bytes);
  AlignedBuffer(AlignedBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~AlignedBuffer();

  template <typename Number = void>
  Number* data() {
    return static_cast<Number*>(data_);
  }
  template <typename Number = void>
  const Number* data() const {
    return static_cast<const Number*>(data_);
  }
  std::size_t size() const { return size_; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;  // bytes
};

/// Room that the calling thread keeps from call to call: at least `bytes`, its contents are whatever was there. The
/// next call with the same `slot` (0 to 3) on this thread may move it.
void* thread_scratch(std::size_t bytes, int slot = 0);

}  // namespace fude::ops::cpu
