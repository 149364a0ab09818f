#include "ops/cpu/packed_matrix.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <vector>

#include "ops/cpu/round_up.h"
#include "ops/cpu/thread_pool.h"
#include "ops/cpu/vector_math.h"

namespace fude::ops::cpu {
namespace {

std::atomic<std::size_t> packed_bytes = 0;

constexpr std::int64_t kDepthAtOnce = 256;  // of a panel while it is packed: what is in between stays in the cache

FUDE_PER_PROCESSOR void float_from_bfloat16(const std::uint16_t* __restrict in, std::int64_t count,
                                            float* __restrict out) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = load(in[i]);
}

FUDE_PER_PROCESSOR void float_from_half(const std::uint16_t* __restrict in, std::int64_t count, float* __restrict out) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint32_t half = in[i];
    // Exponent and fraction move to their places in a float; the bias is mended by a product, which sees to subnormal
    // numbers, too. An exponent of ones (infinity, NaN) stays one of ones.
    const float magnitude = std::bit_cast<float>((half & 0x7fffU) << 13) * 0x1p112F;
    const std::uint32_t special = (half & 0x7c00U) == 0x7c00U ? 0x7f800000U : 0U;
    out[i] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | special | (half & 0x8000U) << 16);
  }
}

FUDE_PER_PROCESSOR void bfloat16_from_float(const float* __restrict in, std::int64_t count,
                                            std::uint16_t* __restrict out) {
  for (std::int64_t i = 0; i < count; ++i) store(in[i], out[i]);
}

/// Sizes of what is put into a panel, in words: one float, two bfloat16 or four bytes.
struct PanelWords {
  std::int64_t columns, together;  // see ProductKernels
  std::int64_t count, step;        // of words in a column, and in a step of the depth
};

// words [columns][count] -> [count / step][columns / together][step][together].
FUDE_PER_PROCESSOR void order_words(const std::uint32_t* __restrict words, const PanelWords& panel,
                                    std::uint32_t* __restrict out) {
  for (std::int64_t first = 0; first < panel.count; first += panel.step) {
    for (std::int64_t column = 0; column < panel.columns; column += panel.together) {
      for (std::int64_t word = first; word < first + panel.step; ++word, out += panel.together) {
        const std::uint32_t* place = words + column * panel.count + word;
        for (std::int64_t c = 0; c < panel.together; ++c) out[c] = place[c * panel.count];
      }
    }
  }
}

/// Of `count` numbers a column.
PanelWords panel_words(const PackedFormat& format, std::int64_t count) {
  const ProductKernels& kernels = format.kernels();
  const std::int64_t in_word = 4 / format.weight_bytes();
  return {.columns = kernels.columns,
          .together = kernels.together,
          .count = count / in_word,
          .step = kernels.group / in_word};
}

struct WholeNumbers {
  float scale;
  std::int32_t sum;
};

// in [count] -> out [count], each in[i] / scale to nearest. A NaN or an infinity makes the scale none, and so all that
// the column gives.
FUDE_PER_PROCESSOR WholeNumbers to_whole_numbers(const float* __restrict in, std::int64_t count,
                                                 std::int8_t* __restrict out) {
  constexpr std::uint32_t kMagnitude =
      0x7fffffffU;                        // as whole numbers, the bits of a NaN are above those of all numbers
  constexpr float kSmallest = 0x1p-100F;  // so that its inverse is a number
  std::uint32_t largest = std::bit_cast<std::uint32_t>(kSmallest);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint32_t magnitude = std::bit_cast<std::uint32_t>(in[i]) & kMagnitude;
    largest = magnitude > largest ? magnitude : largest;
  }
  constexpr std::uint32_t kInfinity = 0x7f800000U;
  const float bound = std::bit_cast<float>(largest);
  const float inverse = largest < kInfinity ? 127.0F / bound : 0.0F;
  std::int32_t sum = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    constexpr float kNoFraction = 12582912.0F;  // 1.5 * 2^23
    const float shifted = in[i] * inverse + kNoFraction;
    const auto whole = largest < kInfinity ? static_cast<std::int32_t>(shifted - kNoFraction) : 0;
    out[i] = static_cast<std::int8_t>(whole);
    sum += whole;
  }
  return {.scale = largest < kInfinity ? bound / 127.0F : std::bit_cast<float>(0x7fc00000U), .sum = sum};
}

}  // namespace

void to_float(const StoredNumbers& numbers, std::int64_t first, std::int64_t count, float* out) {
  if (numbers.type == StoredType::kFloat) {
    std::memcpy(out, static_cast<const float*>(numbers.data) + first, static_cast<std::size_t>(count) * sizeof(float));
    return;
  }
  const std::uint16_t* in = static_cast<const std::uint16_t*>(numbers.data) + first;
  if (numbers.type == StoredType::kHalf) {
    float_from_half(in, count, out);
  } else {
    float_from_bfloat16(in, count, out);
  }
}

PackedMemory::PackedMemory(std::size_t bytes) : buffer_(bytes) { packed_bytes += bytes; }

PackedMemory::~PackedMemory() { packed_bytes -= buffer_.size(); }

std::size_t packed_weights_bytes() { return packed_bytes; }

PackedMatrix::PackedMatrix(PackedFormat format, std::int64_t depth, std::int64_t columns, std::int64_t matrices)
    : format_(format), columns_(columns) {
  const std::int64_t group = format.kernels().group, width = format.kernels().columns;
  depth_ = round_up(depth, group);
  panels_ = divide_up(columns, width);
  memory_ = PackedMemory(offset(0, matrices));
}

void PackedMatrix::fill(std::int64_t panel, std::int64_t matrix, std::int64_t first, std::int64_t count,
                        const float* rows) {
  const std::int64_t width = format_.kernels().columns;
  if (format_.is_int8()) return fill_int8(memory_.data() + offset(panel, matrix), rows);
  auto* place = reinterpret_cast<std::uint32_t*>(memory_.data() + offset(panel, matrix) +
                                                 static_cast<std::size_t>(first * width) * bytes_of(format_.element));
  const PanelWords words = panel_words(format_, count);
  if (format_.element == Element::kFloat)
    return order_words(reinterpret_cast<const std::uint32_t*>(rows), words, place);
  auto* halves = static_cast<std::uint16_t*>(thread_scratch(static_cast<std::size_t>(width * count) * 2, /*slot=*/3));
  bfloat16_from_float(rows, width * count, halves);
  order_words(reinterpret_cast<const std::uint32_t*>(halves), words, place);
}

void PackedMatrix::fill_int8(std::byte* place, const float* rows) const {
  const std::int64_t width = format_.kernels().columns;
  auto* scales = reinterpret_cast<float*>(place + width * depth_);
  auto* corrections = reinterpret_cast<std::int32_t*>(scales + width);
  auto* whole = static_cast<std::int8_t*>(thread_scratch(static_cast<std::size_t>(width * depth_), /*slot=*/3));
  for (std::int64_t column = 0; column < width; ++column) {
    const WholeNumbers numbers = to_whole_numbers(rows + column * depth_, depth_, whole + column * depth_);
    scales[column] = numbers.scale;
    corrections[column] = -128 * numbers.sum;
  }
  order_words(reinterpret_cast<const std::uint32_t*>(whole), panel_words(format_, depth_),
              reinterpret_cast<std::uint32_t*>(place));
}

std::int64_t output_at(const PackedMatrix& matrix, std::int64_t panel, std::int64_t column, ColumnOrder order) {
  const std::int64_t width = matrix.panel_columns();
  if (order == ColumnOrder::kPlain) {
    const std::int64_t output = panel * width + column;
    return output < matrix.columns() ? output : -1;
  }
  const std::int64_t half = width / 2, gates = matrix.columns() / 2;
  const std::int64_t output = panel * half + column % half;
  if (output >= gates) return -1;
  return column < half ? output : gates + output;
}

PackedMatrix pack_linear(PackedFormat format, const StoredNumbers& weight, std::int64_t depth, std::int64_t columns,
                         ColumnOrder order) {
  PackedMatrix packed(format, depth, columns);
  const std::int64_t width = packed.panel_columns();
  const std::int64_t at_once = format.is_int8() ? packed.depth() : kDepthAtOnce;
  compute_pool().run(packed.panels(), [&](std::int64_t panel) {
    std::vector<float> rows(static_cast<std::size_t>(width * at_once));
    for (std::int64_t first = 0; first < packed.depth(); first += at_once) {
      const std::int64_t count = std::min(at_once, packed.depth() - first);
      const std::int64_t stored = std::min(count, depth - first);
      std::fill(rows.begin(), rows.end(), 0.0F);
      for (std::int64_t column = 0; column < width; ++column) {
        const std::int64_t output = output_at(packed, panel, column, order);
        if (output >= 0) to_float(weight, output * depth + first, stored, rows.data() + column * count);
      }
      packed.fill(panel, 0, first, count, rows.data());
    }
  });
  return packed;
}

}  // namespace fude::ops::cpu
