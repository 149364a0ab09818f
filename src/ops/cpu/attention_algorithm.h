#pragma once

#include <cfloat>

#include "ops/cpu/attention_kernels.h"
#include "ops/cpu/attention_products.h"

// In an anonymous namespace because every file compiles this for the instruction set of its own.
namespace fude::ops::cpu {
namespace {

/// Attention with softmax on the way: for a block of queries, one a lane of two vectors, it walks through parts of the
/// keys, makes scores, then weights 2^(score - reference), and adds the weighted values up; the sum of the weights
/// divides at the end. Queries in lanes need no sum or maximum across lanes. Where keys and values fill the far cache,
/// a few blocks of queries share the walk, so that these come from memory once for all of them.
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
  using Rows = UnitRows<Vectors, Number>;
  static constexpr int kUnit = Vectors::kUnitNumbers;
  static constexpr std::int64_t kVector = Vectors::kLanes;
  static constexpr std::int64_t kQueries = Products::kLanes;  // of a block
  static constexpr std::int64_t kBlocks = 4;                  // of queries, at most, that share a walk
  static constexpr std::int64_t kPartKeys = 240;              // at most: their weights must stay in the near cache
  static constexpr std::int64_t kPartBytes = 512 << 10;       // about: their keys and values in the next one
  static constexpr std::int64_t kFarBytes = 8 << 20;          // packed heads beyond this are worth sharing the walk

 public:
  static constexpr AttentionKernel<Number> kernel() {
    return {
        .query_block = kQueries * kBlocks,
        .packed_bytes = [](std::int64_t context, std::int64_t depth) { return Shape(context, depth).packed_bytes(); },
        .scratch_bytes = [](std::int64_t depth) { return Scratch::bytes(Shape(1, depth)); },
        .pack_pieces = [](std::int64_t context, std::int64_t depth) { return Shape(context, depth).parts(); },
        .pack = pack,
        .attend = attend};
  }

 private:
  struct Shape {
    std::int64_t context, depth, depth_units, key_units;
    Panels keys;    // of units of keys
    Panels values;  // of numbers of depth
    std::int64_t part_panels;

    Shape(std::int64_t context, std::int64_t depth)
        : context(context),
          depth(depth),
          depth_units(units_of(depth)),
          key_units(units_of(context)),
          keys{key_units, Products::kRows / kUnit},
          values{depth, Products::kRows},
          part_panels(larger(2, smaller(kPartKeys, kPartBytes / (depth_units * 8)) / Products::kRows)) {}

    static std::int64_t units_of(std::int64_t numbers) {
      return round_up(divide_up(numbers, kUnit), Products::kUnitMultiple);
    }
    std::int64_t padded_depth() const {
      const std::int64_t last = values.count() - 1;
      return values.begin(last) + Products::padded_rows(values.size(last));
    }
    std::int64_t value_offset() const { return round_up(key_units * kUnit * depth_units, 16); }
    std::int64_t packed_bytes() const { return (value_offset() + padded_depth() * key_units) * 4; }

    std::int64_t parts() const { return divide_up(keys.count(), part_panels); }
    std::int64_t first_panel(std::int64_t part) const { return smaller(part * part_panels, keys.count()); }
    std::int64_t first_unit(std::int64_t part) const { return keys.begin(first_panel(part)); }
  };

  /// A thread's memory, one array after the other.
  struct Scratch {
    float* scores;           // [rows of a panel][queries]
    std::uint32_t* weights;  // [units of a part of the keys][queries]
    std::uint32_t* queries;  // [blocks][units of depth][queries]
    float* sums;             // [blocks][depth][queries]: of weighted values
    float* end;

    Scratch(const Shape& shape, void* memory)
        : scores(static_cast<float*>(memory)),
          weights(reinterpret_cast<std::uint32_t*>(scores + Products::kRows * kQueries)),
          queries(weights + kPartKeys / kUnit * kQueries),
          sums(reinterpret_cast<float*>(queries + kBlocks * queries_size(shape))),
          end(sums + kBlocks * sums_size(shape)) {}

    static std::int64_t queries_size(const Shape& shape) { return shape.depth_units * kQueries; }
    static std::int64_t sums_size(const Shape& shape) { return shape.padded_depth() * kQueries; }
    static std::int64_t bytes(const Shape& shape) {
      return static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(Scratch(shape, nullptr).end));
    }
  };

  static void pack(const Head& head, std::int64_t piece, void* packed, void*) {
    const Shape shape(head.context, head.depth);
    auto* const panels = static_cast<std::uint32_t*>(packed);
    const Rows keys{head.keys, head.key_stride, head.context, head.depth};
    for (std::int64_t panel = shape.first_panel(piece); panel < shape.first_panel(piece + 1); ++panel) {
      const std::int64_t first = shape.keys.begin(panel) * kUnit, count = shape.keys.size(panel) * kUnit;
      Products::pack_rows(keys, first, count, shape.depth_units, panels + first * shape.depth_units);
    }
    const Rows values{head.values, head.value_stride, head.context, head.depth};
    for (std::int64_t unit = shape.first_unit(piece); unit < shape.first_unit(piece + 1); unit += 16) {
      const std::int64_t last_unit = smaller(unit + 16, shape.first_unit(piece + 1));
      for (std::int64_t panel = 0; panel < shape.values.count(); ++panel) {
        const std::int64_t first = shape.values.begin(panel), size = shape.values.size(panel);
        std::uint32_t* to = panels + shape.value_offset() + first * shape.key_units;
        Products::pack_columns(values, unit, last_unit, first, size, to + unit * Products::padded_rows(size));
      }
    }
  }

  /// A block of queries and what has become of it.
  struct Block {
    std::int64_t first = 0, count = 0;  // queries
    std::int64_t context = 0;           // keys that one of them sees
    std::uint32_t* queries = nullptr;
    float* sums = nullptr;
    Vector reference[2], weight_sum[2];
  };

  struct Walk {
    Products products;
    const Head& head;
    const Shape shape;
    const Scratch scratch;
    const std::uint32_t* keys;
    const std::uint32_t* values;
    const Vector scale;

    Walk(const Head& head, const void* packed, void* memory)
        : head(head),
          shape(head.context, head.depth),
          scratch(shape, memory),
          keys(static_cast<const std::uint32_t*>(packed)),
          values(keys + shape.value_offset()),
          scale(Vectors::all(head.scale * 1.44269504F)) {}
  };

  static void attend(const Head& head, const void* packed, std::int64_t first_query, std::int64_t last_query,
                     void* memory) {
    Walk walk(head, packed, memory);
    const std::int64_t at_once = walk.shape.packed_bytes() > kFarBytes ? kBlocks : 1;
    for (std::int64_t query = first_query; query < last_query; query += at_once * kQueries) {
      Block blocks[kBlocks];
      std::int64_t count = 0;
      for (; count < at_once && query + count * kQueries < last_query; ++count)
        begin(walk, blocks[count], query + count * kQueries, last_query, count);
      sum_up<true>(walk, blocks, count);
      for (std::int64_t i = 0; i < count; ++i) {
        if (put_out(walk, blocks[i])) continue;
        find_maximum(walk, blocks[i]);
        sum_up<false>(walk, blocks + i, 1);
        put_out(walk, blocks[i]);
      }
    }
  }

  static void begin(const Walk& walk, Block& block, std::int64_t first, std::int64_t last, std::int64_t index) {
    const Head& head = walk.head;
    block.first = first;
    block.count = smaller(kQueries, last - first);
    block.context = head.is_causal ? smaller(head.context, first + block.count) : head.context;
    block.queries = walk.scratch.queries + index * Scratch::queries_size(walk.shape);
    block.sums = walk.scratch.sums + index * Scratch::sums_size(walk.shape);
    const Rows rows{head.queries, head.query_stride, first + block.count, head.depth};
    transpose_units(rows, first, kQueries, walk.shape.depth_units, as_floats(block.queries), kQueries);
  }

  /// The scores of a panel of keys; returns how many there are.
  static std::int64_t score(Walk& walk, const Block& block, std::int64_t panel) {
    const Shape& shape = walk.shape;
    const std::int64_t key = shape.keys.begin(panel) * kUnit, rows = shape.keys.size(panel) * kUnit;
    walk.products.template multiply<false>(rows, walk.keys + key * shape.depth_units, block.queries, shape.depth_units,
                                           walk.scratch.scores);
    const std::int64_t seen = smaller(rows, block.context - key);
    if (walk.head.is_causal) {
      for (std::int64_t row = larger(0, block.first - key); row < seen; ++row)
        hide(walk.scratch.scores + row * kQueries, key + row - block.first);
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

  static void raise_maximum(const Walk& walk, Block& block, std::int64_t rows) {
    for (int half = 0; half < 2; ++half) {
      Vector largest = block.reference[half];
      const float* scores = walk.scratch.scores + half * kVector;
      for (std::int64_t row = 0; row < rows; ++row)
        largest = Vectors::maximum(largest, Vectors::multiply(walk.scale, Vectors::load(scores + row * kQueries)));
      block.reference[half] = largest;
    }
  }

  static void find_maximum(Walk& walk, Block& block) {
    begin_maximum(block);
    for (std::int64_t panel = 0; panel < walk.shape.keys.count(); ++panel) {
      if (walk.shape.keys.begin(panel) * kUnit >= block.context) break;
      raise_maximum(walk, block, score(walk, block, panel));
    }
  }

  template <bool kFirstTry>
  static void sum_up(Walk& walk, Block* blocks, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) blocks[i].weight_sum[0] = blocks[i].weight_sum[1] = Vectors::zero();
    for (std::int64_t part = 0; part < walk.shape.parts(); ++part) {
      for (std::int64_t i = 0; i < count; ++i) sum_up_part<kFirstTry>(walk, blocks[i], part);
    }
  }

  template <bool kFirstTry>
  static void sum_up_part(Walk& walk, Block& block, std::int64_t part) {
    const Shape& shape = walk.shape;
    const std::int64_t first_unit = shape.first_unit(part);
    if (first_unit * kUnit >= block.context) return;
    for (std::int64_t panel = shape.first_panel(part); panel < shape.first_panel(part + 1); ++panel) {
      const std::int64_t rows = score(walk, block, panel);
      if (kFirstTry && panel == 0) {
        begin_maximum(block);
        raise_maximum(walk, block, rows);
      }
      const std::int64_t units = shape.keys.begin(panel) - first_unit;
      weigh(walk, block, rows, shape.keys.size(panel), walk.scratch.weights + units * kQueries);
    }
    add_values(walk, block, first_unit, shape.first_unit(part + 1) - first_unit);
  }

  /// Makes the scores' `rows` into units of weights, and zeros beyond.
  static void weigh(const Walk& walk, Block& block, std::int64_t rows, std::int64_t units, std::uint32_t* weights) {
    const Vector scale = walk.scale;
    for (int half = 0; half < 2; ++half) {
      const float* from = walk.scratch.scores + half * kVector;
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
        if (rows > 0 && rows % 2 != 0)
          Vectors::store(to + unit++ * kQueries, Vectors::pair(weight(rows - 1), Vectors::zero()));
      }
      for (; unit < units; ++unit) Vectors::store(to + unit * kQueries, Vectors::zero());
      block.weight_sum[half] = Vectors::add(block.weight_sum[half], sum);
    }
  }

  static void add_values(Walk& walk, const Block& block, std::int64_t first_unit, std::int64_t units) {
    const Panels& panels = walk.shape.values;
    for (std::int64_t panel = 0; panel < panels.count(); ++panel) {
      const std::int64_t first = panels.begin(panel), size = panels.size(panel);
      const std::uint32_t* values =
          walk.values + first * walk.shape.key_units + first_unit * Products::padded_rows(size);
      float* sums = block.sums + first * kQueries;
      if (first_unit == 0) {
        walk.products.template multiply<false>(size, values, walk.scratch.weights, units, sums);
      } else {
        walk.products.template multiply<true>(size, values, walk.scratch.weights, units, sums);
      }
    }
  }

  /// Divides by the sum of weights and writes the rows. False when a sum was infinite or not a number.
  static bool put_out(const Walk& walk, const Block& block) {
    const Head& head = walk.head;
    bool is_finite = true;
    for (std::int64_t lane = 0; lane < kQueries; lane += kVector) {
      const Vector weight_sum = block.weight_sum[lane / kVector];
      const Vector factor = Vectors::divide(Vectors::all(1), weight_sum);
      // Remains zero unless multiplied by something that is not finite.
      Vector zeros = Vectors::multiply(weight_sum, Vectors::zero());
      for (std::int64_t number = 0; number < head.depth; number += kVector) {
        Vector means[kVector];
        for (std::int64_t i = 0; i < kVector; ++i) {
          means[i] = Vectors::zero();
          if (number + i < head.depth)
            means[i] = Vectors::multiply(Vectors::load(block.sums + (number + i) * kQueries + lane), factor);
          zeros = Vectors::multiply_add(means[i], Vectors::zero(), zeros);
        }
        Vectors::transpose(means);
        for (std::int64_t i = 0; i < smaller(kVector, block.count - lane); ++i) {
          Number* row = head.out + (block.first + lane + i) * head.out_stride;
          Vectors::put_first(row + number, means[i], head.depth - number);
        }
      }
      is_finite = is_finite && Vectors::is_zero(zeros);
    }
    return is_finite;
  }
};

}  // namespace
}  // namespace fude::ops::cpu
