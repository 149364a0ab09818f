#include "merging/low_rank.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <tuple>
#include <utility>

#include "core/error.h"

namespace fude::merging {
namespace {

constexpr double kNothing = 1e-6;  // a matrix whose largest singular value is below says nothing

struct RuleName {
  std::string_view name;
  RankRule::Kind kind;
};

constexpr std::array kRules{
    RuleName{"sv_ratio", RankRule::Kind::kRatio},
    RuleName{"sv_fro", RankRule::Kind::kFrobenius},
    RuleName{"sv_cumulative", RankRule::Kind::kCumulative},
};

/// How many values come before their running sum reaches `share` of the whole.
int64_t count_before(const at::Tensor& values, double share) {
  const at::Tensor sums = values.to(at::kDouble).cumsum(0);
  const double target = share * sums[-1].item<double>();
  return (sums < target).sum().item<int64_t>();
}

/// up [out, k] with the singular values, down [k, columns].
LowRank cut(const at::Tensor& u, const at::Tensor& singular, const at::Tensor& vh, const RankRule& rule) {
  const int64_t rank = choose_rank(singular.to(at::kCPU), rule);
  return {.up = u.narrow(1, 0, rank) * singular.narrow(0, 0, rank), .down = vh.narrow(0, 0, rank).contiguous()};
}

}  // namespace

RankRule parse_rank_rule(std::string_view text, int64_t most) {
  if (text.empty()) return {.most = most};
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const std::string_view number = equals == text.npos ? std::string_view() : text.substr(equals + 1);
  const auto found = std::ranges::find(kRules, name, &RuleName::name);
  RankRule rule{.most = most};
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), rule.value);
  const bool is_number = error == std::errc() && stop == number.data() + number.size() && std::isfinite(rule.value);
  if (found == kRules.end() || !is_number) {
    fail(ErrorCode::kInvalidArgument, "rule '{}' for ranks is none, expected sv_ratio=N, sv_fro=N or sv_cumulative=N",
         printable(text, 60));
  }
  rule.kind = found->kind;
  const bool is_ratio = rule.kind == RankRule::Kind::kRatio;
  if (is_ratio ? rule.value < 1 : (rule.value <= 0 || rule.value > 1)) {
    fail(ErrorCode::kInvalidArgument, "{} is {}, expected {}", name, rule.value, is_ratio ? "1 or more" : "0 to 1");
  }
  return rule;
}

int64_t choose_rank(const at::Tensor& singular, const RankRule& rule) {
  const int64_t count = singular.size(0);
  const int64_t most = std::clamp<int64_t>(rule.most, 1, count);
  if (!rule.is_dynamic()) return most;
  const double largest = singular[0].item<double>();
  if (largest <= kNothing) return 1;
  int64_t wanted = 0;
  switch (rule.kind) {
    case RankRule::Kind::kFixed: break;
    case RankRule::Kind::kRatio: wanted = (singular > largest / rule.value).sum().item<int64_t>(); break;
    case RankRule::Kind::kFrobenius: wanted = count_before(singular.square(), rule.value * rule.value) + 1; break;
    case RankRule::Kind::kCumulative: wanted = count_before(singular, rule.value) + 1; break;
  }
  return std::clamp<int64_t>(std::max<int64_t>(wanted, 1) + 1, 1, most);
}

LowRank factorise(const at::Tensor& matrix, const RankRule& rule) {
  const auto [u, singular, vh] = at::linalg_svd(matrix, /*full_matrices=*/false);
  return cut(u, singular, vh, rule);
}

LowRank factorise(const LowRank& factors, const RankRule& rule) {
  const auto [up_basis, up_rest] = at::linalg_qr(factors.up);
  const auto [down_basis, down_rest] = at::linalg_qr(factors.down.t());
  const auto [u, singular, vh] = at::linalg_svd(at::mm(up_rest, down_rest.t()), /*full_matrices=*/false);
  return cut(at::mm(up_basis, u), singular, at::mm(vh, down_basis.t()), rule);
}

}  // namespace fude::merging
