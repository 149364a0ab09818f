#include <fmt/format.h>

#include <array>
#include <optional>

#include "models/adapters/adapter_layout.h"

namespace fude::models {
namespace {

using Part = AdapterPart;
using Shape = std::vector<int64_t>;

// Published adapters stay below 1024; the bound keeps intermediate results of a hostile file small.
constexpr int64_t kMaxRank = 8192;
constexpr int64_t kMaxStages = 32;

std::string text(std::span<const int64_t> shape) {
  std::string row;
  for (const int64_t size : shape) row += (row.empty() ? "" : ", ") + std::to_string(size);
  return "[" + row + "]";
}

int64_t product(std::span<const int64_t> shape) {
  int64_t result = 1;
  for (const int64_t size : shape) result *= size;  // the reader of the file has seen that this fits
  return result;
}

/// A tensor seen as a matrix: first dimension by all others.
struct Matrix {
  int64_t rows = 0, columns = 0;
};

Matrix matrix_of(const Shape& shape) {
  if (shape.empty()) return {};
  return {shape[0], product(std::span(shape).subspan(1))};
}

/// Decides about one module and one weight; every check that fails leaves a reason.
class Fit {
 public:
  Fit(const AdapterModule& module, std::span<const int64_t> weight) : module_(module), weight_(weight) {
    if (weight.empty() || product(weight) == 0) return;
    out_ = weight[0];
    columns_ = product(weight.subspan(1));
    in_ = weight.size() > 1 ? weight[1] : 1;
    kernel_ = in_ == 0 ? 0 : columns_ / in_;
  }

  std::string reason() {
    if (out_ == 0) return "the weight is empty";
    const bool fits = fits_family() && fits_scalars() && fits_dora();
    if (fits) return {};
    return reason_.empty()
               ? fmt::format("is {} for a weight of another shape than {}", family_name(module_.family), text(weight_))
               : reason_;
  }

 private:
  bool no(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }

  Matrix matrix(Part part) const { return matrix_of(module_.shape(part)); }

  bool is_rank(int64_t rank) {
    if (rank >= 1 && rank <= kMaxRank) return true;
    return no(fmt::format("has rank {}, expected 1 to {}", rank, kMaxRank));
  }

  bool makes(int64_t rows, int64_t columns) {
    if (rows == out_ && columns == columns_) return true;
    return no(fmt::format("makes a change of [{}, {}] for a weight of {}", rows, columns, text(weight_)));
  }

  // A tensor of a convolution's middle: [a, b, kernel].
  bool is_core(Part part, int64_t a, int64_t b) {
    const Shape& shape = module_.shape(part);
    if (shape.size() == 4 && shape[0] == a && shape[1] == b && shape[2] * shape[3] == kernel_) return true;
    return no(fmt::format("has a middle of {} for a weight of {}", text(shape), text(weight_)));
  }

  bool fits_family() {
    switch (module_.family) {
      case AdapterFamily::kLora: return fits_lora();
      case AdapterFamily::kLoha:
        return fits_half_loha(Part::kHadaW1A, Part::kHadaW1B, Part::kHadaT1) &&
               fits_half_loha(Part::kHadaW2A, Part::kHadaW2B, Part::kHadaT2);
      case AdapterFamily::kLokr: return fits_lokr();
      case AdapterFamily::kIa3: return fits_ia3();
      case AdapterFamily::kFull:
        return product(module_.shape(Part::kDiff)) == out_ * columns_ && fits_bias(Part::kDiffBias);
      case AdapterFamily::kNorm:
        return product(module_.shape(Part::kNormWeight)) == out_ && weight_.size() == 1 && fits_bias(Part::kNormBias);
      case AdapterFamily::kGlora: return fits_glora();
      case AdapterFamily::kOft: return fits_oft();
      case AdapterFamily::kBoft: return fits_boft();
    }
    return false;
  }

  bool fits_lora() {
    const Matrix up = matrix(Part::kUp), down = matrix(Part::kDown);
    if (!is_rank(down.rows) || !is_rank(up.columns)) return false;
    if (!module_.has(Part::kMiddle)) {
      if (up.columns != down.rows) return no(fmt::format("has factors of rank {} and {}", up.columns, down.rows));
      return makes(up.rows, down.columns);
    }
    return is_core(Part::kMiddle, up.columns, down.rows) && makes(up.rows, down.columns * kernel_);
  }

  bool fits_half_loha(Part part_a, Part part_b, Part part_core) {
    const Matrix a = matrix(part_a), b = matrix(part_b);
    if (!is_rank(b.rows)) return false;
    if (!module_.has(part_core)) {
      if (a.columns != b.rows) return no(fmt::format("has factors of rank {} and {}", a.columns, b.rows));
      return makes(a.rows, b.columns);
    }
    return is_rank(a.rows) && is_core(part_core, a.rows, b.rows) && makes(a.columns, b.columns * kernel_);
  }

  std::optional<Matrix> low_rank_product(Part part_a, Part part_b) {
    const Matrix a = matrix(part_a), b = matrix(part_b);
    if (!is_rank(b.rows)) return std::nullopt;
    if (a.columns == b.rows) return Matrix{a.rows, b.columns};
    no(fmt::format("has factors of rank {} and {}", a.columns, b.rows));
    return std::nullopt;
  }

  std::optional<Matrix> second_factor() {
    if (module_.has(Part::kLokrW2)) return matrix(Part::kLokrW2);
    if (!module_.has(Part::kLokrT2)) return low_rank_product(Part::kLokrW2A, Part::kLokrW2B);
    const Matrix a = matrix(Part::kLokrW2A), b = matrix(Part::kLokrW2B);
    if (!is_rank(a.rows) || !is_rank(b.rows) || !is_core(Part::kLokrT2, a.rows, b.rows)) return std::nullopt;
    return Matrix{a.columns, b.columns * kernel_};
  }

  bool fits_lokr() {
    const std::optional<Matrix> first =
        module_.has(Part::kLokrW1) ? matrix(Part::kLokrW1) : low_rank_product(Part::kLokrW1A, Part::kLokrW1B);
    const std::optional<Matrix> second = second_factor();
    if (!first || !second) return false;
    const bool divides = first->rows > 0 && second->rows > 0 && out_ % first->rows == 0 && first->columns > 0 &&
                         columns_ % first->columns == 0;
    if (divides && out_ / first->rows == second->rows && columns_ / first->columns == second->columns) return true;
    return no(fmt::format("has factors of [{}, {}] and [{}, {}] for a weight of {}", first->rows, first->columns,
                          second->rows, second->columns, text(weight_)));
  }

  bool fits_ia3() {
    if (weight_.size() < 2 || product(module_.shape(Part::kOnInput)) != 1) return false;
    const int64_t count = product(module_.shape(Part::kIa3Weight));
    return count == out_ || count == in_;  // which of them it must be, the value of "on_input" tells
  }

  bool fits_glora() {
    const Matrix a1 = matrix(Part::kGloraA1), a2 = matrix(Part::kGloraA2);
    const Matrix b1 = matrix(Part::kGloraB1), b2 = matrix(Part::kGloraB2);
    if (weight_.size() < 2 || !is_rank(module_.rank)) return false;
    const int64_t r = module_.rank;
    const bool is_old = a1.rows == r && a2.columns == r && b1.rows == r && b2.columns == r && a1.columns == columns_ &&
                        a2.rows == columns_ && b1.columns == columns_ && b2.rows == out_;
    const bool is_new = a1.columns == r && a2.rows == r && b1.columns == r && b2.rows == r && a1.rows == columns_ &&
                        a2.columns == columns_ && b1.rows == out_ && b2.columns == columns_;
    return is_old || is_new;
  }

  bool fits_oft() {
    const Shape& blocks = module_.shape(module_.has(Part::kOftBlocks) ? Part::kOftBlocks : Part::kOftDiagonal);
    if (blocks.size() != 3 || blocks[1] != blocks[2] || blocks[1] < 1) return false;
    return out_ % blocks[1] == 0 && out_ / blocks[1] == blocks[0];
  }

  bool fits_boft() {
    const Shape& blocks = module_.shape(Part::kOftBlocks);  // [stages, count, size, size]
    if (blocks[0] < 1 || blocks[0] > kMaxStages || blocks[2] != blocks[3] || blocks[2] < 2 || blocks[2] % 2 != 0) {
      return false;
    }
    if (out_ % blocks[2] != 0 || out_ / blocks[2] != blocks[1]) return false;
    int64_t span = blocks[2];  // rows that one stage mixes
    for (int64_t stage = 0; stage < blocks[0]; ++stage, span *= 2) {
      if (span > out_ || out_ % span != 0) return no(fmt::format("has {} stages for {} rows", blocks[0], out_));
    }
    return true;
  }

  bool fits_bias(Part part) {
    if (!module_.has(part) || product(module_.shape(part)) == out_) return true;
    return no(fmt::format("changes a bias of {}, expected {}", product(module_.shape(part)), out_));
  }

  bool fits_scalars() {
    for (const Part part : {Part::kAlpha, Part::kScale}) {
      if (module_.has(part) && product(module_.shape(part)) != 1)
        return no("has an alpha or a scale of several numbers");
    }
    if (!module_.has(Part::kRescale) || product(module_.shape(Part::kRescale)) == out_) return true;
    return no(fmt::format("rescales {} rows, expected {}", product(module_.shape(Part::kRescale)), out_));
  }

  bool fits_dora() {
    if (!module_.has(Part::kDoraScale)) return true;
    const Shape& shape = module_.shape(Part::kDoraScale);
    const int64_t count = product(shape);
    const bool is_input = shape.size() > 1 && shape[0] == 1 && count == in_;
    if (weight_.size() > 1 && (is_input || count == out_)) return true;
    return no(fmt::format("has a magnitude of {} for a weight of {}", text(shape), text(weight_)));
  }

  const AdapterModule& module_;
  std::span<const int64_t> weight_;
  int64_t out_ = 0, in_ = 0, kernel_ = 0, columns_ = 0;
  std::string reason_;
};

}  // namespace

std::string misfit(const AdapterModule& module, std::span<const int64_t> weight_shape) {
  return Fit(module, weight_shape).reason();
}

}  // namespace fude::models
