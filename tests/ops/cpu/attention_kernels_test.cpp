#include "ops/cpu/attention_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "ops/cpu/instruction_set.h"

namespace fude::ops::cpu {
namespace {

#if defined(__x86_64__)

using Bf16 = std::uint16_t;

float value_of(float x) { return x; }
float value_of(Bf16 bits) {
  const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

void put(float value, float& to) { to = value; }
void put(float value, Bf16& to) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  to = static_cast<Bf16>((bits + 0x8000U) >> 16);
}

struct Sizes {
  std::int64_t tokens, context, depth;
  bool is_causal = false;
};

std::string words(const Sizes& s) {
  return std::to_string(s.tokens) + " tokens, " + std::to_string(s.context) + " of context, depth " +
         std::to_string(s.depth) + (s.is_causal ? ", causal" : "");
}

/// A head whose rows lie in wider ones, filled with normal numbers; scores spread by `sharpness`.
template <typename Number>
struct Example {
  static constexpr std::int64_t kBetween = 5;  // numbers of other heads between rows
  Sizes sizes;
  std::int64_t stride = sizes.depth + kBetween;
  std::vector<Number> queries, keys, values, out;

  explicit Example(Sizes sizes, float sharpness = 1) : sizes(sizes) {
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    const auto fill = [&](std::vector<Number>& to, std::int64_t rows, float spread) {
      to.resize(static_cast<std::size_t>(rows * stride));
      for (Number& x : to) put(normal(random) * spread, x);
    };
    fill(queries, sizes.tokens, sharpness);
    fill(keys, sizes.context, sharpness);
    fill(values, sizes.context, 1);
    fill(out, sizes.tokens, 1);
  }

  AttentionHead<Number> head() {
    return {.queries = queries.data(),
            .keys = keys.data(),
            .values = values.data(),
            .out = out.data(),
            .query_stride = stride,
            .key_stride = stride,
            .value_stride = stride,
            .out_stride = stride,
            .tokens = sizes.tokens,
            .context = sizes.context,
            .depth = sizes.depth,
            .scale = 1 / std::sqrt(static_cast<float>(sizes.depth)),
            .is_causal = sizes.is_causal};
  }

  std::vector<double> expected(std::int64_t query) const {
    const std::int64_t seen = sizes.is_causal ? query + 1 : sizes.context;
    std::vector<double> scores(static_cast<std::size_t>(seen)), row(static_cast<std::size_t>(sizes.depth), 0.0);
    double largest = -std::numeric_limits<double>::infinity(), sum = 0;
    for (std::int64_t key = 0; key < seen; ++key) {
      double product = 0;
      for (std::int64_t i = 0; i < sizes.depth; ++i)
        product += double{value_of(queries[query * stride + i])} * value_of(keys[key * stride + i]);
      scores[key] = product / std::sqrt(static_cast<double>(sizes.depth));
      largest = std::max(largest, scores[key]);
    }
    for (double& score : scores) sum += score = std::exp(score - largest);
    for (std::int64_t key = 0; key < seen; ++key) {
      for (std::int64_t i = 0; i < sizes.depth; ++i) row[i] += scores[key] / sum * value_of(values[key * stride + i]);
    }
    return row;
  }

  /// Root mean square of the differences from the definition, relative to it.
  double error() const {
    double wrong = 0, all = 0;
    for (std::int64_t query = 0; query < sizes.tokens; ++query) {
      const std::vector<double> row = expected(query);
      for (std::int64_t i = 0; i < sizes.depth; ++i) {
        wrong += std::pow(value_of(out[query * stride + i]) - row[i], 2);
        all += row[i] * row[i];
      }
    }
    return std::sqrt(wrong / all);
  }
};

struct Free {
  void operator()(void* p) const { std::free(p); }
};
std::unique_ptr<void, Free> buffer(std::int64_t bytes) {
  return std::unique_ptr<void, Free>(std::aligned_alloc(64, static_cast<std::size_t>((bytes + 63) / 64 * 64)));
}

template <typename Number>
void run(const AttentionKernel<Number>& kernel, const AttentionHead<Number>& head, std::int64_t queries_at_once) {
  const auto packed = buffer(kernel.packed_bytes(head.context, head.depth));
  const auto scratch = buffer(kernel.scratch_bytes(head.depth));
  for (std::int64_t piece = kernel.pack_pieces(head.context, head.depth); piece-- > 0;)
    kernel.pack(head, piece, packed.get(), scratch.get());
  for (std::int64_t first = 0; first < head.tokens; first += queries_at_once) {
    const std::int64_t last = std::min(first + queries_at_once, head.tokens);
    kernel.attend(head, packed.get(), first, last, scratch.get());
  }
}

/// Every kernel that this processor runs. `check` is called with each, and its name.
template <typename Check>
void for_every_kernel(const Check& check) {
  const InstructionSet set = detected_instruction_set();
  if (set >= InstructionSet::kAvx2) {
    check(kAttentionAvx2, "avx2");
    check(kAttentionAvx2OfBf16, "avx2, bf16");
  }
  if (set >= InstructionSet::kAvx512) {
    check(kAttentionAvx512, "avx512");
    check(kAttentionAvx512OfBf16, "avx512, bf16");
  }
  if (set >= InstructionSet::kAvx512Bf16) {
    check(kAttentionAvx512Bf16, "avx512-bf16");
    check(kAttentionEmulatedAmx, "emulated tiles");
  }
  if (set >= InstructionSet::kAmx) check(kAttentionAmx, "amx");
}

// Weights and results are rounded to bfloat16: 2^-9 of each.
double tolerance(float) { return 2e-6; }
double tolerance(Bf16) { return 4e-3; }

template <typename Number>
void expect_definition(const AttentionKernel<Number>& kernel, Sizes sizes, float sharpness, const char* name) {
  Example<Number> example(sizes, sharpness);
  run(kernel, example.head(), sizes.tokens);
  EXPECT_LT(example.error(), tolerance(Number{})) << name << ": " << words(sizes);
}

TEST(AttentionKernels, FollowTheDefinition) {
  for_every_kernel([](const auto& kernel, const char* name) {
    for (const std::int64_t depth : {1, 3, 8, 16, 40, 41, 64, 80, 160}) {
      for (const auto& [tokens, context] :
           {std::pair{1, 1}, std::pair{3, 2}, std::pair{33, 12}, std::pair{5, 77}, std::pair{40, 250}})
        expect_definition(kernel, {tokens, context, depth}, 1, name);
    }
    expect_definition(kernel, {36, 530, 512}, 1, name);
  });
}

TEST(AttentionKernels, HideTheFutureWhenCausal) {
  for_every_kernel([](const auto& kernel, const char* name) {
    for (const std::int64_t depth : {1, 40, 64}) {
      for (const std::int64_t tokens : {1, 13, 77, 300})
        expect_definition(kernel, {tokens, tokens, depth, true}, 1, name);
    }
  });
}

TEST(AttentionKernels, TakeScoresThatLieFarApart) {
  // Scores of a few hundred: the largest of the first keys is no guide to the others.
  for_every_kernel([]<typename Number>(const AttentionKernel<Number>& kernel, const char* name) {
    Example<Number> example({50, 700, 40}, 10);
    run(kernel, example.head(), 50);
    EXPECT_LT(example.error(), sizeof(Number) == 2 ? 6e-3 : 3e-5) << name;  // a score of 300 has an ulp of 3e-5
  });
}

template <typename Number>
void expect_same_in_ranges(const AttentionKernel<Number>& kernel, Sizes sizes, float sharpness, const char* name) {
  Example<Number> whole(sizes, sharpness);
  run(kernel, whole.head(), sizes.tokens);
  const std::vector<Number> at_once = whole.out;
  run(kernel, whole.head(), 32);
  EXPECT_EQ(whole.out, at_once) << name << ": " << words(sizes);
}

TEST(AttentionKernels, GiveTheSameBitsInRangesAsAtOnce) {
  for_every_kernel([](const auto& kernel, const char* name) {
    expect_same_in_ranges(kernel, {130, 90, 40}, 1, name);
    expect_same_in_ranges(kernel, {130, 90, 40}, 10, name);
    expect_same_in_ranges(kernel, {33, 4200, 512}, 10, name);  // so large that blocks of queries share the way
  });
}

TEST(AttentionKernels, WriteNothingBesideTheirRows) {
  for_every_kernel([]<typename Number>(const AttentionKernel<Number>& kernel, const char* name) {
    Example<Number> example({35, 20, 41});
    const std::vector<Number> before = example.out;
    run(kernel, example.head(), 35);
    for (std::int64_t row = 0; row < 35; ++row) {
      for (std::int64_t i = 41; i < example.stride; ++i)
        EXPECT_EQ(example.out[row * example.stride + i], before[row * example.stride + i]) << name;
    }
  });
}

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN(), kInfinity = std::numeric_limits<float>::infinity();

TEST(AttentionKernels, GiveNotANumberForSuchQueriesOnly) {
  for_every_kernel([]<typename Number>(const AttentionKernel<Number>& kernel, const char* name) {
    for (const float bad : {kNaN, -kNaN, kInfinity}) {
      Example<Number> example({70, 300, 40});
      put(bad, example.queries[33 * example.stride + 7]);
      run(kernel, example.head(), 70);
      for (std::int64_t row = 0; row < 70; ++row) {
        for (std::int64_t i = 0; i < 40; ++i) {
          const float value = value_of(example.out[row * example.stride + i]);
          EXPECT_EQ(std::isnan(value), row == 33) << name << " row " << row << ": " << value;
        }
      }
    }
  });
}

TEST(AttentionKernels, GiveNotANumberForSuchKeysAndValues) {
  for_every_kernel([]<typename Number>(const AttentionKernel<Number>& kernel, const char* name) {
    for (const std::int64_t key : {0, 150, 299}) {
      Example<Number> example({34, 300, 40}), of_values({34, 300, 40});
      put(kNaN, example.keys[key * example.stride + 3]);
      put(kNaN, of_values.values[key * of_values.stride + 3]);
      run(kernel, example.head(), 34);
      run(kernel, of_values.head(), 34);
      for (std::int64_t row = 0; row < 34; ++row) {
        for (std::int64_t i = 0; i < 40; ++i) {
          EXPECT_TRUE(std::isnan(value_of(example.out[row * example.stride + i]))) << name;
          EXPECT_EQ(std::isnan(value_of(of_values.out[row * example.stride + i])), i == 3) << name;
        }
      }
    }
  });
}

TEST(AttentionKernels, HideNotANumberOfTheFuture) {
  for_every_kernel([]<typename Number>(const AttentionKernel<Number>& kernel, const char* name) {
    Example<Number> example({77, 77, 40, true});
    put(kNaN, example.keys[50 * example.stride]);
    run(kernel, example.head(), 77);
    for (std::int64_t row = 0; row < 77; ++row)
      EXPECT_EQ(std::isnan(value_of(example.out[row * example.stride])), row >= 50) << name << " row " << row;
  });
}

#endif

}  // namespace
}  // namespace fude::ops::cpu
