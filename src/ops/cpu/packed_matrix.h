#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/cpu/aligned_buffer.h"
#include "ops/cpu/instruction_set.h"
#include "ops/cpu/product_kernels.h"

namespace fude::ops::cpu {

/// What the numbers of a weight file are kept in.
enum class StoredType { kFloat, kHalf, kBfloat16 };

/// A weight as it lies in a file: `data` holds rows of numbers, contiguous.
struct StoredNumbers {
  const void* data = nullptr;
  StoredType type = StoredType::kFloat;
};

/// numbers [first, first + count) as float.
void to_float(const StoredNumbers& numbers, std::int64_t first, std::int64_t count, float* out);

/// How some kernels want a weight.
class PackedFormat {
 public:
  PackedFormat() = default;
  /// As product_kernels().
  PackedFormat(InstructionSet set, Element kept) : PackedFormat(product_kernels(set, kept), kept) {}
  /// The kernels must live as long as what is packed.
  PackedFormat(const ProductKernels& kernels, Element kept) : element(kept), kernels_(&kernels) {}

  Element element = Element::kFloat;

  const ProductKernels& kernels() const { return *kernels_; }
  bool is_int8() const { return kernels_->quantise != nullptr; }
  std::int64_t weight_bytes() const { return is_int8() ? 1 : static_cast<std::int64_t>(bytes_of(element)); }

 private:
  const ProductKernels* kernels_ = nullptr;
};

/// Memory of packed weights, which counts as long as it lives.
class PackedMemory {
 public:
  PackedMemory() = default;
  /// Throws std::bad_alloc.
  explicit PackedMemory(std::size_t bytes);
  PackedMemory(PackedMemory&&) noexcept = default;
  PackedMemory& operator=(PackedMemory&&) noexcept = default;
  ~PackedMemory();

  std::byte* data() { return buffer_.data<std::byte>(); }
  const std::byte* data() const { return buffer_.data<std::byte>(); }
  std::size_t size() const { return buffer_.size(); }

 private:
  AlignedBuffer buffer_;  // of no size once it is moved away
};

/// Bytes that all packed weights of this process take now. From any thread.
std::size_t packed_weights_bytes();

/// A weight of [columns] outputs by [depth] inputs, or several of the same size, cut into panels of as many columns as
/// the kernels take at once, in the order in which they read (see ProductKernels). What a panel has beyond the last
/// column is zero. In 8 bits, a weight is its number divided by its column's scale, rounded, within +-127; behind the
/// weights of a panel lie [panel columns] scales (float) and as many corrections (int32): -128 times a column's sum.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  /// depth >= 1 (rounded up to the group with zeros), columns >= 1, matrices >= 1. Not filled yet.
  PackedMatrix(PackedFormat format, std::int64_t depth, std::int64_t columns, std::int64_t matrices = 1);

  const PackedFormat& format() const { return format_; }
  std::int64_t depth() const { return depth_; }  ///< a multiple of the kernels' group
  std::int64_t columns() const { return columns_; }
  std::int64_t panels() const { return panels_; }
  std::int64_t panel_columns() const { return format_.kernels().columns; }
  std::size_t bytes() const { return memory_.size(); }

  const std::byte* panel(std::int64_t panel, std::int64_t matrix = 0) const {
    return memory_.data() + offset(panel, matrix);
  }

  /// Puts numbers into one panel. rows [panel columns][count]: of each column, the inputs first .. first + count.
  /// first and count are multiples of the group; in 8 bits the whole depth is filled at once. Different panels and
  /// depths may be filled at the same time.
  void fill(std::int64_t panel, std::int64_t matrix, std::int64_t first, std::int64_t count, const float* rows);

 private:
  std::size_t offset(std::int64_t panel, std::int64_t matrix) const {
    return static_cast<std::size_t>((matrix * panels_ + panel) * panel_columns() * column_bytes());
  }
  std::int64_t column_bytes() const {
    constexpr std::int64_t kScaleAndCorrection = 8;
    return depth_ * format_.weight_bytes() + (format_.is_int8() ? kScaleAndCorrection : 0);
  }
  void fill_int8(std::byte* place, const float* rows) const;

  PackedFormat format_;
  std::int64_t depth_ = 0, columns_ = 0, panels_ = 0;
  PackedMemory memory_;
};

/// The order of a weight's outputs in its panels.
enum class ColumnOrder {
  kPlain,
  kGated,  ///< the outputs are two halves a and g: each panel holds some of a and, behind them, the same of g
};

/// Packs a weight [columns, depth] as linear layers keep it.
PackedMatrix pack_linear(PackedFormat format, const StoredNumbers& weight, std::int64_t depth, std::int64_t columns,
                         ColumnOrder order = ColumnOrder::kPlain);

/// The output that stands at `column` of `panel`, or -1 where none does.
std::int64_t output_at(const PackedMatrix& matrix, std::int64_t panel, std::int64_t column, ColumnOrder order);

}  // namespace fude::ops::cpu
