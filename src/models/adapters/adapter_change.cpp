#include "models/adapters/adapter_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "models/adapters/finite_values.h"

namespace fude::models {
namespace {

using Part = AdapterPart;

/// One module's tensors, as fp32 on the weight's device.
class Parts {
 public:
  Parts(const AdapterModule& module, const io::TensorFile& file, at::Device device)
      : module_(module), file_(file), device_(device) {}

  bool has(Part part) const { return module_.has(part); }
  at::Tensor whole(Part part) const { return file_.tensor(module_.parts.at(part).key).to(device_, at::kFloat); }

  /// First dimension by all others.
  at::Tensor matrix(Part part) const {
    const at::Tensor tensor = whole(part);
    return tensor.reshape({tensor.size(0), -1});
  }

  double number(Part part) const { return file_.tensor(module_.parts.at(part).key).to(at::kDouble).item<double>(); }

  /// What a low-rank product is multiplied by: a stored scale, else alpha / rank, else 1.
  double scale() const {
    if (has(Part::kScale)) return number(Part::kScale);
    if (!has(Part::kAlpha) || module_.rank == 0) return 1;
    const double alpha = number(Part::kAlpha);
    return alpha / static_cast<double>(module_.rank);
  }

 private:
  const AdapterModule& module_;
  const io::TensorFile& file_;
  at::Device device_;
};

/// sum_ij a[o,i] core[i,j,..] b[j,c] as [o, c * kernel]. core [r,s,k,k], a [o,r], b [s,c].
at::Tensor tucker(const at::Tensor& core, const at::Tensor& a, const at::Tensor& b) {
  const int64_t r = core.size(0), s = core.size(1), kernel = core.size(2) * core.size(3);
  const at::Tensor inner = at::matmul(b.t(), core.reshape({r, s, kernel}));  // [r, c, kernel]
  return at::mm(a, inner.reshape({r, -1}));
}

struct Factors {
  at::Tensor up, down;  // [out, r], [r, columns]
};

Factors lora_factors(const AdapterModule& module, const Parts& parts, const ChangeStrength& strength) {
  const Factors all{parts.matrix(Part::kUp), parts.matrix(Part::kDown)};
  if (!strength.dynamic_rank || parts.has(Part::kMiddle)) return all;
  const int64_t used = std::clamp<int64_t>(*strength.dynamic_rank, 0, module.rank);
  return {all.up.narrow(1, 0, used), all.down.narrow(0, 0, used)};
}

at::Tensor loha_half(const Parts& parts, Part part_a, Part part_b, Part part_core) {
  const at::Tensor a = parts.matrix(part_a), b = parts.matrix(part_b);
  return parts.has(part_core) ? tucker(parts.whole(part_core), a.t(), b) : at::mm(a, b);
}

at::Tensor lokr_second(const Parts& parts) {
  if (parts.has(Part::kLokrW2)) return parts.matrix(Part::kLokrW2);
  const at::Tensor a = parts.matrix(Part::kLokrW2A), b = parts.matrix(Part::kLokrW2B);
  return parts.has(Part::kLokrT2) ? tucker(parts.whole(Part::kLokrT2), a.t(), b) : at::mm(a, b);
}

at::Tensor lokr(const Parts& parts) {
  const at::Tensor first = parts.has(Part::kLokrW1)
                               ? parts.matrix(Part::kLokrW1)
                               : at::mm(parts.matrix(Part::kLokrW1A), parts.matrix(Part::kLokrW1B));
  return at::kron(first.contiguous(), lokr_second(parts).contiguous());
}

/// The change before scaling, [out, columns] like `weight`, of the families that multiply the weight by factors.
at::Tensor ia3(const Parts& parts, const at::Tensor& weight, int64_t in) {
  const at::Tensor factors = parts.whole(Part::kIa3Weight).flatten();
  if (parts.number(Part::kOnInput) == 0) return weight * factors.unsqueeze(1);
  return (weight.reshape({weight.size(0), in, -1}) * factors.unsqueeze(1)).reshape(weight.sizes());
}

at::Tensor glora(const Parts& parts, const at::Tensor& weight) {
  const at::Tensor a1 = parts.matrix(Part::kGloraA1), a2 = parts.matrix(Part::kGloraA2);
  const at::Tensor b1 = parts.matrix(Part::kGloraB1), b2 = parts.matrix(Part::kGloraB2);
  // Older files name the factors the other way round; there a1 goes into the rank, today out of it.
  const bool is_old = a1.size(1) == weight.size(1) && b2.size(0) == weight.size(0) && a1.size(0) == b1.size(0);
  if (is_old) return at::mm(b2, b1) + at::mm(at::mm(weight, a2), a1);
  return at::mm(b1, b2) + at::mm(at::mm(weight, a1), a2);
}

/// Orthogonal matrices from any ones (Cayley): (I + Q)(I - Q)^-1 with Q = B - B^T. blocks [.., n, n].
/// bound > 0: the most that the norm of all Q together may be.
at::Tensor rotations(const at::Tensor& blocks, double bound) {
  at::Tensor skew = blocks - blocks.transpose(-1, -2);
  if (bound > 0) {
    const double norm = skew.norm().item<double>();
    if (norm > bound) skew = skew * (bound / norm);
  }
  const at::Tensor one = at::eye(blocks.size(-1), blocks.options());
  return at::matmul(one + skew, at::linalg_inv(one - skew));
}

at::Tensor oft(const Parts& parts, const at::Tensor& weight) {
  // Older LyCORIS files hold the rotations themselves.
  const bool is_free = parts.has(Part::kOftBlocks);
  const at::Tensor blocks = parts.whole(is_free ? Part::kOftBlocks : Part::kOftDiagonal);
  const double bound =
      is_free && parts.has(Part::kAlpha) ? parts.number(Part::kAlpha) * static_cast<double>(weight.size(0)) : 0;
  const at::Tensor turned = is_free ? rotations(blocks, bound) : blocks;
  const at::Tensor rows = weight.reshape({blocks.size(0), blocks.size(1), -1});
  return at::bmm(turned.transpose(1, 2), rows).reshape(weight.sizes());
}

at::Tensor boft(const Parts& parts, const at::Tensor& weight) {
  const at::Tensor blocks = parts.whole(Part::kOftBlocks);  // [stages, count, size, size]
  const int64_t stages = blocks.size(0), count = blocks.size(1), size = blocks.size(2);
  const double bound = parts.has(Part::kAlpha) ? parts.number(Part::kAlpha) * static_cast<double>(weight.size(0)) : 0;
  const at::Tensor turned = rotations(blocks, bound);
  at::Tensor rows = weight;
  for (int64_t stage = 0; stage < stages; ++stage) {
    const int64_t reach = (int64_t{1} << stage) * size / 2;  // rows that are paired lie this far apart
    const at::Tensor paired = rows.reshape({-1, 2, reach, rows.size(1)}).transpose(1, 2);
    const at::Tensor mixed = at::bmm(turned[stage], paired.reshape({count, size, -1}));
    rows = mixed.reshape({-1, reach, 2, rows.size(1)}).transpose(1, 2).reshape(rows.sizes());
  }
  return rows;
}

at::Tensor rescaled(const Parts& parts, const at::Tensor& rows) {
  return parts.has(Part::kRescale) ? rows * parts.whole(Part::kRescale).reshape({-1, 1}) : rows;
}

/// What is added to the weight at multiplier 1, before DoRA. weight [out, columns].
at::Tensor difference(const AdapterModule& module, const Parts& parts, const at::Tensor& weight, int64_t in,
                      const ChangeStrength& strength) {
  switch (module.family) {
    case AdapterFamily::kLora: {
      const Factors factors = lora_factors(module, parts, strength);
      if (!parts.has(Part::kMiddle)) return at::mm(factors.up, factors.down) * parts.scale();
      return tucker(parts.whole(Part::kMiddle), factors.up, factors.down) * parts.scale();
    }
    case AdapterFamily::kLoha:
      return loha_half(parts, Part::kHadaW1A, Part::kHadaW1B, Part::kHadaT1) *
             loha_half(parts, Part::kHadaW2A, Part::kHadaW2B, Part::kHadaT2) * parts.scale();
    case AdapterFamily::kLokr: return lokr(parts) * parts.scale();
    case AdapterFamily::kIa3: return ia3(parts, weight, in) * parts.scale();
    case AdapterFamily::kFull: return parts.whole(Part::kDiff).reshape(weight.sizes()) * parts.scale();
    case AdapterFamily::kNorm: return parts.whole(Part::kNormWeight).reshape(weight.sizes()) * parts.scale();
    case AdapterFamily::kGlora: return glora(parts, weight) * parts.scale();
    case AdapterFamily::kOft: return rescaled(parts, oft(parts, weight)) - weight;
    case AdapterFamily::kBoft: return rescaled(parts, boft(parts, weight)) - weight;
  }
  return {};
}

/// DoRA: the changed weight keeps its directions, its lengths are the stored ones. shape: the weight's own.
at::Tensor with_magnitude(const at::Tensor& changed, const at::Tensor& magnitude, at::IntArrayRef shape) {
  constexpr double kSmallest = 1e-12;  // a direction of length 0 stays 0
  const bool is_input = magnitude.dim() > 1 && magnitude.size(0) == 1 && magnitude.numel() == shape[1];
  const at::Tensor cube = changed.reshape({shape[0], shape[1], -1});
  const at::Tensor lengths = is_input ? cube.square().sum(at::IntArrayRef{0, 2}, /*keepdim=*/true).sqrt()
                                      : cube.square().sum(at::IntArrayRef{1, 2}, /*keepdim=*/true).sqrt();
  const at::Tensor factors = magnitude.reshape(lengths.sizes()) / lengths.clamp_min(kSmallest);
  return (cube * factors).reshape(changed.sizes());
}

Part bias_part(const AdapterModule& module) {
  return module.family == AdapterFamily::kNorm ? Part::kNormBias : Part::kDiffBias;
}

}  // namespace

std::string damage_of_values(const AdapterModule& module, const io::TensorFile& file) {
  for (const auto& [part, tensor] : module.parts) {
    const io::TensorRecord& record = file.tensors().at(tensor.key);
    if (record.type == io::TensorType::kOther) {
      return fmt::format("has numbers of type {}, which Fude cannot compute with", printable(record.type_name));
    }
    if (!is_finite(file.tensor(tensor.key))) {
      return fmt::format("has values in '{}' that are infinite or no numbers", printable(tensor.key));
    }
  }
  return {};
}

std::string misfit_of_values(const AdapterModule& module, const io::TensorFile& file,
                             std::span<const int64_t> weight_shape) {
  if (module.family != AdapterFamily::kIa3) return {};
  const bool is_on_input = Parts(module, file, at::kCPU).number(Part::kOnInput) != 0;
  const int64_t expected = is_on_input ? weight_shape[1] : weight_shape[0];
  const int64_t count = file.tensors().at(module.parts.at(Part::kIa3Weight).key).element_count();
  return count == expected ? "" : fmt::format("has {} factors, expected {}", count, expected);
}

at::Tensor changed_weight(const AdapterModule& module, const io::TensorFile& file, at::Tensor weight,
                          const ChangeStrength& strength) {
  const Parts parts(module, file, weight.device());
  weight = weight.contiguous();
  const at::Tensor rows = weight.view({weight.size(0), -1});
  const bool is_plain =
      module.family == AdapterFamily::kLora && !parts.has(Part::kMiddle) && !parts.has(Part::kDoraScale);
  if (is_plain) {  // the usual case, in one pass over the weight
    const Factors factors = lora_factors(module, parts, strength);
    rows.addmm_(factors.up, factors.down, 1, strength.multiplier * parts.scale());
    return weight;
  }
  const int64_t in = weight.dim() > 1 ? weight.size(1) : 1;
  at::Tensor change = difference(module, parts, rows, in, strength);
  if (parts.has(Part::kDoraScale)) {
    change = with_magnitude(rows + change, parts.whole(Part::kDoraScale), weight.sizes()) - rows;
  }
  return weight.add_(change.reshape(weight.sizes()), strength.multiplier);
}

at::Tensor changed_bias(const AdapterModule& module, const io::TensorFile& file, at::Tensor bias,
                        const ChangeStrength& strength) {
  const at::Tensor change = Parts(module, file, bias.device()).whole(bias_part(module));
  return bias.add_(change.reshape(bias.sizes()), strength.multiplier);
}

bool changes_bias(const AdapterModule& module) {
  const bool can = module.family == AdapterFamily::kNorm || module.family == AdapterFamily::kFull;
  return can && module.has(bias_part(module));
}

}  // namespace fude::models
