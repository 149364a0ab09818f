#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace fude::merging {

/// A matrix as the product of two thin ones, fp32.
struct LowRank {
  at::Tensor up;    // [out, r]
  at::Tensor down;  // [r, columns]

  int64_t rank() const { return down.size(0); }
  at::Tensor product() const { return at::mm(up, down); }
};

/// How many singular values of a matrix are kept.
struct RankRule {
  enum class Kind {
    kFixed,
    kRatio,       // those above the largest / value ("sv_ratio")
    kFrobenius,   // as many as hold this share of the matrix's norm, 0..1 ("sv_fro")
    kCumulative,  // as many as hold this share of their sum, 0..1 ("sv_cumulative")
  };
  Kind kind = Kind::kFixed;
  double value = 0;
  int64_t most = 4;  // ranks at most; with kFixed: exactly, where the matrix has as many

  bool is_dynamic() const { return kind != Kind::kFixed; }
};

/// "sv_fro=0.9" with `most` ranks; empty: fixed. Throws Error(kInvalidArgument).
RankRule parse_rank_rule(std::string_view text, int64_t most);

/// The rank for singular values, which fall: between 1 and their number. A rule with a value keeps one value more than
/// it asks for, as sd-scripts' resize_lora.py does. singular [n], fp32 on the CPU, n >= 1.
int64_t choose_rank(const at::Tensor& singular, const RankRule& rule);

/// The best approximation (Eckart and Young 1936): up holds the singular values. matrix [out, columns], fp32.
LowRank factorise(const at::Tensor& matrix, const RankRule& rule);

/// The same for a matrix that is a product already; takes time in proportion to its thin sides only.
LowRank factorise(const LowRank& factors, const RankRule& rule);

}  // namespace fude::merging
