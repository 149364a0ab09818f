#include "models/face_restoration/vector_coder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/error.h"
#include "ops/resize.h"

namespace fude::models {
namespace {

using Kind = VectorCoder::Kind;

constexpr double kNormEps = 1e-6;
constexpr int64_t kNormGroups = 32;
constexpr nn::ConvShape kHalvingShape{.kernel = 3, .stride = 2, .padding = 0};

std::optional<Kind> kind_of(const weights::TensorIndex& index, const std::string& name, VectorCoder::Half half) {
  if (index.contains(name + "conv1.weight")) return Kind::kRes;
  if (index.contains(name + "proj_out.weight")) return Kind::kAttention;
  if (index.contains(name + "conv.weight"))
    return half == VectorCoder::Half::kEncoder ? Kind::kHalving : Kind::kDoubling;
  const auto own = index.find(name + "weight");
  if (own == index.end()) return std::nullopt;
  return own->second.size() == 1 ? Kind::kNorm : Kind::kConv;
}

// Of what comes out.
int64_t width_after(const weights::TensorIndex& index, const std::string& name, Kind kind, int64_t in) {
  if (kind == Kind::kConv) return weights::size_of(index, name + "weight", 0);
  if (kind == Kind::kRes) return weights::size_of(index, name + "conv1.weight", 0);
  return in;
}

void require_groups(const std::string& name, int64_t channels) {
  if (channels % kNormGroups == 0) return;
  fail(ErrorCode::kUnsupportedModel, "block '{}' has {} channels, expected a multiple of {}", printable(name), channels,
       kNormGroups);
}

}  // namespace

VectorCoder::VectorCoder(const weights::WeightView& w, const weights::TensorIndex& index, const std::string& place,
                         Half half, int64_t in)
    : half_(half), out_(in) {
  for (int64_t i = 0;; ++i) {
    const std::string name = place + std::to_string(i) + ".";
    const std::optional<Kind> kind = kind_of(index, name, half);
    if (!kind) break;
    blocks_.push_back(built(w / i, index, name, *kind, out_));
    kinds_.push_back(*kind);
    out_ = width_after(index, name, *kind, out_);
  }
  if (blocks_.empty()) fail(ErrorCode::kUnsupportedModel, "tensor '{}0.weight' is missing", printable(place));
}

VectorCoder::Block VectorCoder::built(const weights::WeightView& w, const weights::TensorIndex& index,
                                      const std::string& name, Kind kind, int64_t in) {
  const int64_t out = width_after(index, name, kind, in);
  if (kind != Kind::kConv && kind != Kind::kHalving && kind != Kind::kDoubling) require_groups(name, in);
  if (kind == Kind::kRes) require_groups(name, out);
  switch (kind) {
    case Kind::kConv: return nn::Conv2d(w, in, out);
    case Kind::kRes: return AutoencoderResBlock(w, in, out);
    case Kind::kAttention: return AutoencoderAttention(w, in);
    case Kind::kNorm: return nn::GroupNorm(w, in, kNormEps);
    case Kind::kHalving: return Resampling{nn::Conv2d(w / "conv", in, out, kHalvingShape)};
    case Kind::kDoubling: return Resampling{nn::Conv2d(w / "conv", in, out)};
  }
  return nn::Conv2d(w, in, out);
}

at::Tensor VectorCoder::forward(const Block& block, const at::Tensor& x) const {
  if (const auto* resampling = std::get_if<Resampling>(&block)) {
    if (half_ == Half::kGenerator) return resampling->conv.forward_enlarged(x);
    return resampling->conv.forward(ops::pad_end(x, 1, 1));  // zeros after the last ones only, as it was trained
  }
  if (const auto* conv = std::get_if<nn::Conv2d>(&block)) return conv->forward(x);
  if (const auto* res = std::get_if<AutoencoderResBlock>(&block)) return res->forward(x);
  if (const auto* attention = std::get_if<AutoencoderAttention>(&block)) return attention->forward(x);
  return std::get<nn::GroupNorm>(block).forward(x);
}

at::Tensor VectorCoder::forward(at::Tensor x, const Visitor& visit) const {
  for (std::size_t i = 0; i < blocks_.size(); ++i) x = visit(i, forward(blocks_[i], x));
  return x;
}

int64_t VectorCoder::count(Kind kind) const { return std::ranges::count(kinds_, kind); }

}  // namespace fude::models
