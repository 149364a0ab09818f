#pragma once

#include <cfloat>

#include "ops/cpu/attention_kernels.h"
#include "ops/cpu/attention_products.h"

// In an anonymous namespace because every file compiles this for the instruction set of its own.
namespace fude::ops::cpu {
namespace {

/// Attention with softmax on the way: for a block of queries, one a lane of two vectors, it walks through blocks of
/// keys, makes scores, then weights 2^(score - reference), and adds the weighted values up; the sum of the weights
/// divides at the end. Queries in lanes need no sum or maximum across lanes.
///
/// The reference need not be the largest score, only near enough for weights to fit a float: the first try takes the
/// largest of the first keys and notices when weights overflow, which takes scores that differ by more than 80. (They
/// cannot all vanish, as one of the first keys has weight 1.) Then, and when something is not a number, the block is
/// done again with the true maximum, found in a pass of its own.
template <typename Products, typename Number>
class Attention {
  using Vectors = typename Products::Vectors;
  using Vector = typename Vectors::Vector;
  using Panels = typename Products::Panels;
  using Head = AttentionHead<Number>;
  static constexpr int kUnit = Vectors::kUnitNumbers;
  static constexpr std::int64_t kVector = Vectors::kLanes;
  static constexpr std::int64_t kQueries = Products::kLanes;
  static constexpr std::int64_t kBlockKeys = 240;  // about: weights of a block must stay in the first cache

 public:
  static constexpr AttentionKernel<Number> kernel() {
    return {
        .query_block = kQueries,
        .packed_bytes = [](std::int64_t context, std::int64_t depth) { return Shape(context, depth).packed_bytes(); },
        .scratch_bytes = [](std::int64_t depth) { return Scratch::bytes(Shape(1, depth)); },
        .pack_pieces = [](std::int64_t context) { return Shape(context, 1).blocks(); },
        .pack = pack,
        .attend = attend};
  }

 private:
  struct Shape {
    std::int64_t context, depth, depth_units, key_units;
    Panels keys;    // of units of keys
    Panels values;  // of numbers of depth

    Shape(std::int64_t context, std::int64_t depth)
        : context(context),
          depth(depth),
          depth_units(units_of(depth)),
          key_units(units_of(context)),
          keys{key_units, Products::kRows / kUnit},
          values{depth, Products::kRows} {}

    static std::int64_t units_of(std::int64_t numbers) {
      return round_up((numbers + kUnit - 1) / kUnit, Products::kUnitMultiple);
    }
    std::int64_t padded_depth() const {
      const std::int64_t last = values.count() - 1;
      return values.begin(last) + Products::padded_rows(values.size(last));
    }
    std::int64_t value_offset() const { return round_up(key_units * kUnit * depth_units, 16); }
    std::int64_t packed_bytes() const { return (value_offset() + padded_depth() * key_units) * 4; }

    static constexpr std::int64_t kBlockPanels = kBlockKeys / Products::kRows;
    std::int64_t blocks() const { return (keys.count() + kBlockPanels - 1) / kBlockPanels; }
    std::int64_t first_panel(std::int64_t block) const { return smaller(block * kBlockPanels, keys.count()); }
    std::int64_t first_unit(std::int64_t block) const { return keys.begin(first_panel(block)); }
  };

  /// A thread's memory, one part after the other.
  struct Scratch {
    float* scores;           // [rows of a panel][queries]
    std::uint32_t* weights;  // [units of a block of keys][queries]
    std::uint32_t* queries;  // [units of depth][queries]
    float* sums;             // [depth][queries]: of weighted values
    std::uint32_t* rows;     // a block before or after it is transposed

    Scratch(const Shape& shape, void* memory)
        : scores(static_cast<float*>(memory)),
          weights(reinterpret_cast<std::uint32_t*>(scores + Products::kRows * kQueries)),
          queries(weights + kBlockKeys / kUnit * kQueries),
          sums(reinterpret_cast<float*>(queries + shape.depth_units * kQueries)),
          rows(reinterpret_cast<std::uint32_t*>(sums + round_up(shape.padded_depth(), kVector) * kQueries)) {}

    static std::int64_t row_stride(const Shape& shape) {
      return round_up(larger(shape.depth, shape.depth_units), kVector);
    }
    static std::int64_t bytes(const Shape& shape) {
      const std::int64_t rows = larger(kQueries, round_up(Products::kRows, kVector)) * row_stride(shape);
      const Scratch from_zero(shape, nullptr);
      return static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(from_zero.rows + rows));
    }
  };

  static void pack(const Head& head, std::int64_t piece, void* packed, void* memory) {
    const Shape shape(head.context, head.depth);
    const Scratch scratch(shape, memory);
    auto* const panels = static_cast<std::uint32_t*>(packed);
    for (std::int64_t panel = shape.first_panel(piece); panel < shape.first_panel(piece + 1); ++panel)
      pack_keys(head, shape, panel, scratch.rows, panels);
    for (std::int64_t unit = shape.first_unit(piece); unit < shape.first_unit(piece + 1); unit += kVector) {
      const std::int64_t units = smaller(kVector, shape.first_unit(piece + 1) - unit);
      pack_values(head, shape, unit, units, scratch.rows, panels + shape.value_offset());
    }
  }

  static void pack_keys(const Head& head, const Shape& shape, std::int64_t panel, std::uint32_t* rows,
                        std::uint32_t* packed) {
    const std::int64_t first = shape.keys.begin(panel) * kUnit, count = shape.keys.size(panel) * kUnit;
    const std::int64_t stride = Scratch::row_stride(shape);
    for (std::int64_t row = 0; row < round_up(count, kVector); ++row) {
      std::uint32_t* units = rows + row * stride;
      if (row < count && first + row < head.context) {
        units_along<kUnit>(head.keys + (first + row) * head.key_stride, head.depth, stride, units);
      } else {
        std::memset(units, 0, static_cast<std::size_t>(stride) * sizeof(*units));
      }
    }
    Products::pack_rows(rows, stride, count, shape.depth_units, packed + first * shape.depth_units);
  }

  static void pack_values(const Head& head, const Shape& shape, std::int64_t first_unit, std::int64_t count,
                          std::uint32_t* rows, std::uint32_t* packed) {
    const std::int64_t stride = Scratch::row_stride(shape);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t key = (first_unit + i) * kUnit, left = head.context - key;
      std::uint32_t* units = rows + i * stride;
      std::memset(units, 0, static_cast<std::size_t>(stride) * sizeof(*units));
      if (left > 0) {
        const Number* row = head.values + key * head.value_stride;
        units_across<kUnit>(row, head.value_stride, left, head.depth, units);
      }
    }
    for (std::int64_t panel = 0; panel < shape.values.count(); ++panel) {
      const std::int64_t first = shape.values.begin(panel), size = shape.values.size(panel);
      std::uint32_t* to = packed + first * shape.key_units + first_unit * Products::padded_rows(size);
      Products::pack_units(rows + first, stride, size, count, to);
    }
  }

  /// The block of queries that is worked on, and what has become of it.
  struct Block {
    Products products;
    const Head& head;
    const Shape shape;
    const Scratch scratch;
    const std::uint32_t* keys;
    const std::uint32_t* values;
    Vector scale;
    std::int64_t first_query = 0, queries = 0;
    std::int64_t context = 0;  // keys that one of the queries sees
    Vector reference[2], weight_sum[2];

    Block(const Head& head, const void* packed, void* memory)
        : head(head),
          shape(head.context, head.depth),
          scratch(shape, memory),
          keys(static_cast<const std::uint32_t*>(packed)),
          values(keys + shape.value_offset()),
          scale(Vectors::all(head.scale * 1.44269504F)) {}

    void choose_queries(std::int64_t first, std::int64_t count) {
      first_query = first;
      queries = count;
      context = head.is_causal ? smaller(head.context, first + count) : head.context;
    }
  };

  static void attend(const Head& head, const void* packed, std::int64_t first_query, std::int64_t last_query,
                     void* memory) {
    Block block(head, packed, memory);
    for (std::int64_t query = first_query; query < last_query; query += kQueries) {
      block.choose_queries(query, smaller(kQueries, last_query - query));
      pack_queries(block);
      sum_up<true>(block);
      if (!normalize(block)) {
        find_maximum(block);
        sum_up<false>(block);
        normalize(block);
      }
      put_out(block);
    }
  }

  static void pack_queries(const Block& block) {
    const Head& head = block.head;
    const std::int64_t stride = Scratch::row_stride(block.shape);
    for (std::int64_t row = 0; row < kQueries; ++row) {
      std::uint32_t* units = block.scratch.rows + row * stride;
      if (row < block.queries) {
        const Number* query = head.queries + (block.first_query + row) * head.query_stride;
        units_along<kUnit>(query, head.depth, stride, units);
      } else {
        std::memset(units, 0, static_cast<std::size_t>(stride) * sizeof(*units));
      }
    }
    transpose<Vectors>(as_floats(block.scratch.rows), stride, kQueries, block.shape.depth_units,
                       as_floats(block.scratch.queries), kQueries);
  }

  /// The scores of a panel of keys; returns how many there are.
  static std::int64_t score(Block& block, std::int64_t panel) {
    const Shape& shape = block.shape;
    const std::int64_t key = shape.keys.begin(panel) * kUnit, rows = shape.keys.size(panel) * kUnit;
    block.products.template multiply<false>(rows, block.keys + key * shape.depth_units, block.scratch.queries,
                                            shape.depth_units, block.scratch.scores);
    const std::int64_t seen = smaller(rows, block.context - key);
    if (block.head.is_causal) {
      for (std::int64_t row = larger(0, block.first_query - key); row < seen; ++row)
        hide(block.scratch.scores + row * kQueries, key + row - block.first_query);
    }
    return seen;
  }

  /// Hides a key's score from so many queries, the first of the block.
  static void hide(float* scores, std::int64_t count) {
    const Vector hidden = Vectors::all(-FLT_MAX);
    for (std::int64_t lane = 0; lane < kQueries; lane += kVector)
      Vectors::store(scores + lane, Vectors::first_lanes(hidden, Vectors::load(scores + lane), count - lane));
  }

  static void begin_maximum(Block& block) {
    for (Vector& reference : block.reference) reference = Vectors::all(-FLT_MAX);
  }

  static void raise_maximum(Block& block, std::int64_t rows) {
    for (int half = 0; half < 2; ++half) {
      Vector largest = block.reference[half];
      const float* scores = block.scratch.scores + half * kVector;
      for (std::int64_t row = 0; row < rows; ++row)
        largest = Vectors::maximum(largest, Vectors::multiply(block.scale, Vectors::load(scores + row * kQueries)));
      block.reference[half] = largest;
    }
  }

  static void find_maximum(Block& block) {
    begin_maximum(block);
    for (std::int64_t panel = 0; panel < block.shape.keys.count(); ++panel) {
      if (block.shape.keys.begin(panel) * kUnit >= block.context) break;
      raise_maximum(block, score(block, panel));
    }
  }

  template <bool kFirstTry>
  static void sum_up(Block& block) {
    const Shape& shape = block.shape;
    block.weight_sum[0] = block.weight_sum[1] = Vectors::zero();
    for (std::int64_t part = 0; part < shape.blocks(); ++part) {
      const std::int64_t first_unit = shape.first_unit(part);
      if (first_unit * kUnit >= block.context) break;
      for (std::int64_t panel = shape.first_panel(part); panel < shape.first_panel(part + 1); ++panel) {
        const std::int64_t rows = score(block, panel);
        if (kFirstTry && panel == 0) {
          begin_maximum(block);
          raise_maximum(block, rows);
        }
        const std::int64_t units = shape.keys.begin(panel) - first_unit;
        weigh(block, rows, shape.keys.size(panel), block.scratch.weights + units * kQueries);
      }
      add_values(block, first_unit, shape.first_unit(part + 1) - first_unit);
    }
  }

  /// Makes the scores' `rows` into units of weights, and zeros beyond.
  static void weigh(Block& block, std::int64_t rows, std::int64_t units, std::uint32_t* weights) {
    const Vector scale = block.scale;
    for (int half = 0; half < 2; ++half) {
      const float* from = block.scratch.scores + half * kVector;
      float* to = as_floats(weights) + half * kVector;
      const Vector reference = block.reference[half];
      Vector sum = Vectors::zero();
      const auto weight = [&](std::int64_t row) {
        const Vector score = Vectors::load(from + row * kQueries);
        const Vector value = Vectors::exp2(Vectors::multiply_subtract(score, scale, reference));
        sum = Vectors::add(sum, value);
        return value;
      };
      std::int64_t unit = 0;
      for (; unit < rows / kUnit; ++unit) {
        if constexpr (kUnit == 2) {
          const Vector even = weight(2 * unit);
          Vectors::store(to + unit * kQueries, Vectors::pair(even, weight(2 * unit + 1)));
        } else {
          Vectors::store(to + unit * kQueries, weight(unit));
        }
      }
      if constexpr (kUnit == 2) {
        if (rows % 2 != 0 && rows > 0)
          Vectors::store(to + unit++ * kQueries, Vectors::pair(weight(rows - 1), Vectors::zero()));
      }
      for (; unit < units; ++unit) Vectors::store(to + unit * kQueries, Vectors::zero());
      block.weight_sum[half] = Vectors::add(block.weight_sum[half], sum);
    }
  }

  static void add_values(Block& block, std::int64_t first_unit, std::int64_t units) {
    const Panels& panels = block.shape.values;
    for (std::int64_t panel = 0; panel < panels.count(); ++panel) {
      const std::int64_t first = panels.begin(panel), size = panels.size(panel);
      const std::uint32_t* values =
          block.values + first * block.shape.key_units + first_unit * Products::padded_rows(size);
      float* sums = block.scratch.sums + first * kQueries;
      if (first_unit == 0) {
        block.products.template multiply<false>(size, values, block.scratch.weights, units, sums);
      } else {
        block.products.template multiply<true>(size, values, block.scratch.weights, units, sums);
      }
    }
  }

  /// Divides by the sum of weights. False when a sum is infinite or not a number.
  static bool normalize(Block& block) {
    const Vector none = Vectors::zero(), one = Vectors::all(1);
    Vector zeros[2];  // remain so unless multiplied by something that is not finite
    for (int half = 0; half < 2; ++half) {
      float* sums = block.scratch.sums + half * kVector;
      const Vector factor = Vectors::divide(one, block.weight_sum[half]);
      zeros[half] = Vectors::multiply(block.weight_sum[half], none);
      for (std::int64_t i = 0; i < block.shape.depth; ++i) {
        const Vector mean = Vectors::multiply(Vectors::load(sums + i * kQueries), factor);
        zeros[half] = Vectors::multiply_add(mean, none, zeros[half]);
        Vectors::store(sums + i * kQueries, mean);
      }
    }
    return Vectors::is_zero(zeros[0]) && Vectors::is_zero(zeros[1]);
  }

  static void put_out(const Block& block) {
    const Head& head = block.head;
    const std::int64_t stride = Scratch::row_stride(block.shape);
    float* rows = as_floats(block.scratch.rows);
    transpose<Vectors>(block.scratch.sums, kQueries, head.depth, kQueries, rows, stride);
    for (std::int64_t row = 0; row < block.queries; ++row)
      put_row(rows + row * stride, head.depth, head.out + (block.first_query + row) * head.out_stride);
  }
};

}  // namespace
}  // namespace fude::ops::cpu
